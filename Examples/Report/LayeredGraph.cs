namespace Proxima.Examples;

/// <summary>A box of a drawing. Its position is that of its top left corner inside its parent.</summary>
internal sealed class GraphNode(double width, double height)
{
    public double X { get; set; }

    public double Y { get; set; }

    public double Width { get; } = width;

    public double Height { get; set; } = height;

    /// <summary>What the owner of the drawing keeps here; null for a bend of a long edge.</summary>
    public object? Tag { get; init; }

    public int Layer { get; set; }

    public List<GraphNode> Above { get; } = [];

    public List<GraphNode> Below { get; } = [];

    public double Centre => X + Width / 2;

    public double Bottom => Y + Height;

    /// <summary>Where the row of the node ends: the bottom of its highest box.</summary>
    public double RowEnd { get; set; }
}

/// <summary>A directed acyclic graph drawn in layers from top to bottom.</summary>
/// <remarks>
/// Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (IEEE SMC 1981). All edges that leave a node share their bends, so that
/// a value with many readers is one line that forks.
/// </remarks>
internal sealed class LayeredGraph
{
    private const double ColumnGap = 28;
    private const double RowGap = 40;
    private const int Sweeps = 12;

    private readonly List<GraphNode> _nodes;
    private readonly List<List<GraphNode>> _layers = [];
    private readonly List<GraphNode> _bends = [];

    /// <summary>Places nodes. Every edge leads from an earlier node to a later one.</summary>
    public LayeredGraph(IEnumerable<GraphNode> nodes, IEnumerable<(GraphNode From, GraphNode To)> edges)
    {
        _nodes = [.. nodes];
        foreach (var (from, to) in edges.Distinct())
        {
            from.Below.Add(to);
            to.Above.Add(from);
        }
        AssignLayers();
        BendLongEdges();
        OrderLayers();
        PlaceLayers();
    }

    public double Width { get; private set; }

    public double Height { get; private set; }

    /// <summary>The pieces of all edges: from the bottom of a node or bend to the top of another.</summary>
    public IEnumerable<(GraphNode From, GraphNode To)> Segments => _nodes.Concat(_bends).SelectMany(node => node.Below.Select(below => (node, below)));

    /// <summary>Where long edges cross a layer.</summary>
    public IReadOnlyList<GraphNode> Bends => _bends;

    private void AssignLayers()
    {
        foreach (var node in _nodes) node.Layer = node.Above.Select(above => above.Layer + 1).DefaultIfEmpty(0).Max();
        // What nothing leads to comes just above its first reader.
        foreach (var node in _nodes.Where(node => node.Above.Count == 0 && node.Below.Count > 0)) node.Layer = node.Below.Min(below => below.Layer) - 1;
        for (var layer = 0; layer <= _nodes.Select(node => node.Layer).DefaultIfEmpty(-1).Max(); layer++)
            _layers.Add([.. _nodes.Where(node => node.Layer == layer)]);
    }

    private void BendLongEdges()
    {
        foreach (var node in _nodes)
        {
            var far = node.Below.Where(below => below.Layer > node.Layer + 1).ToList();
            var from = node;
            for (var layer = node.Layer + 1; far.Count > 0; layer++)
            {
                var bend = new GraphNode(8, 0) { Layer = layer };
                _bends.Add(bend);
                _layers[layer].Add(bend);
                Connect(from, bend);
                foreach (var target in far.Where(target => target.Layer == layer + 1).ToList())
                {
                    node.Below.Remove(target);
                    target.Above.Remove(node);
                    Connect(bend, target);
                    far.Remove(target);
                }
                from = bend;
            }
        }

        static void Connect(GraphNode from, GraphNode to)
        {
            from.Below.Add(to);
            to.Above.Add(from);
        }
    }

    private void OrderLayers()
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var layer in _layers) Pack(layer);
            var down = sweep % 2 == 0;
            foreach (var layer in down ? _layers : Enumerable.Reverse(_layers))
            {
                var sorted = layer.OrderBy(node => Middle(down ? node.Above : node.Below, node)).ToList();
                layer.Clear();
                layer.AddRange(sorted);
                Pack(layer);
            }
        }
    }

    private void PlaceLayers()
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var layer in sweep % 2 == 0 ? _layers : Enumerable.Reverse(_layers))
            {
                var wanted = layer.Select(node => Middle([.. node.Above, .. node.Below], node)).ToArray();
                // The mean of pushing conflicts to the right and of pushing them to the left keeps groups centred.
                var (right, left) = (new double[layer.Count], new double[layer.Count]);
                for (var i = 0; i < layer.Count; i++)
                    right[i] = i == 0 ? wanted[i] : Math.Max(wanted[i], right[i - 1] + Gap(layer[i - 1], layer[i]));
                for (var i = layer.Count - 1; i >= 0; i--)
                    left[i] = i == layer.Count - 1 ? wanted[i] : Math.Min(wanted[i], left[i + 1] - Gap(layer[i], layer[i + 1]));
                for (var i = 0; i < layer.Count; i++) layer[i].X = (right[i] + left[i]) / 2 - layer[i].Width / 2;
            }
        }

        var all = _nodes.Concat(_bends).ToList();
        var least = all.Select(node => node.X).DefaultIfEmpty(0).Min();
        foreach (var node in all) node.X -= least;
        Width = all.Select(node => node.X + node.Width).DefaultIfEmpty(0).Max();
        foreach (var layer in _layers)
        {
            var height = layer.Max(node => node.Height);
            foreach (var node in layer)
            {
                (node.Y, node.RowEnd) = (Height, Height + height);
                if (node.Tag is null) node.Height = height;
            }
            Height += height + RowGap;
        }
        Height = Math.Max(Height - RowGap, 0);

        static double Gap(GraphNode a, GraphNode b) => (a.Width + b.Width) / 2 + ColumnGap;
    }

    /// <summary>A layer without gaps, around zero.</summary>
    private static void Pack(List<GraphNode> layer)
    {
        var x = -(layer.Sum(node => node.Width) + ColumnGap * (layer.Count - 1)) / 2;
        foreach (var node in layer)
        {
            node.X = x;
            x += node.Width + ColumnGap;
        }
    }

    private static double Middle(IReadOnlyCollection<GraphNode> neighbours, GraphNode node) =>
        neighbours.Count == 0 ? node.Centre : neighbours.Average(neighbour => neighbour.Centre);
}
