using Xunit;

namespace Proxima.Tests;

/// <summary>Networks written as the generator writes them: two leaves in an array of blocks, itself inside another network.</summary>
public class DslTestsNetwork
{
    private class Leaf(int width) : Network
    {
        private Tensor _weight = null!;
        private Tensor _bias = null!;

        public Tensor Weight => _weight;

        public Tensor Bias => _bias;

        protected override void Visit(NetworkVisitor visitor)
        {
            visitor.Parameter("Weight", ref _weight, DType.Float32, Init.Default, [width, width + 1]);
            visitor.Parameter("Bias", ref _bias, DType.Float32, Init.Bias, [width], new NonNegative());
        }
    }

    private class Block(int width, int leaves) : Network
    {
        private Tensor _scale = null!;
        private Tensor _seen = null!;
        public readonly Leaf[] parts = Ops.Repeat(leaves, _ => new Leaf(width));

        public Tensor Scale => _scale;

        protected override void Visit(NetworkVisitor visitor)
        {
            visitor.Parameter("Scale", ref _scale, DType.Float32, 0.5, []);
            visitor.Parameter("Seen", ref _seen, DType.Int64, Init.Zeros, [], null, isBuffer: true);
            visitor.Children("parts", parts);
        }
    }

    private class Net(int width = 2, int blocks = 3, int leaves = 2) : Network
    {
        public readonly Leaf first = new(width);
        public readonly Block[] blocks = Ops.Repeat(blocks, _ => new Block(width, leaves));

        public int Changes { get; private set; }

        protected override void OnParametersChanged() => Changes++;

        protected override void Visit(NetworkVisitor visitor)
        {
            visitor.Child("first", first);
            visitor.Children("blocks", blocks);
        }

        public Net Share()
        {
            var other = new Net(width, blocks.Length, blocks.Length == 0 ? 0 : blocks[0].parts.Length);
            other.ShareFrom(this);
            return other;
        }

        public void ShareWith(Network other) => ShareFrom(other);
    }

    [Fact]
    public void NamesFollowDeclarationOrder() => Assert.Equal(
        [
            "first.Weight", "first.Bias",
            "blocks.0.Scale", "blocks.0.Seen", "blocks.0.parts.0.Weight", "blocks.0.parts.0.Bias",
            "blocks.1.Scale", "blocks.1.Seen", "blocks.1.parts.0.Weight", "blocks.1.parts.0.Bias",
        ],
        new Net(2, 2, 1).Parameters.Select(p => p.Name));

    [Fact]
    public void ArraysOfChildrenAreOneTensorPerParameter()
    {
        var net = new Net();
        var weights = net.Find("blocks.*.parts.*.Weight");
        Assert.Equal([3, 2, 2, 3], weights.Shape.ToArray());
        Assert.Equal([3], net.Find("blocks.*.Scale").Shape.ToArray());
        Assert.Equal([2, 3], net.blocks[2].parts[1].Weight.Shape.ToArray());
        Assert.Equal(net.blocks[2].parts[1].Weight.ToArray<float>(), weights[2, 1].ToArray<float>());
        weights.Fill(7);
        Assert.All(net.blocks, block => Assert.All(block.parts, leaf => Assert.Equal(7f, leaf.Weight[0, 0].Item<float>())));
        Assert.Same(net.first.Weight, net.Find("first.Weight"));
        Assert.Equal(
            ["first.Weight", "first.Bias", "blocks.*.Scale", "blocks.*.Seen", "blocks.*.parts.*.Weight", "blocks.*.parts.*.Bias"],
            net.Stacks.Select(p => p.Name));
        // A child sees its own part of the stack.
        Assert.Equal([2, 2, 3], net.blocks[1].Find("parts.*.Weight").Shape.ToArray());
        net.blocks[1].Find("parts.*.Weight").Fill(8);
        Assert.Equal([7f, 8, 7], weights[.., 1, 0, 0].ToArray<float>());
    }

    [Fact]
    public void StacksOutliveTheirNetwork()
    {
        var row = Row();
        GC.Collect();
        Tensor.Full([100_000], -1);
        Assert.All(row.ToArray<float>(), value => Assert.Equal(3f, value));

        static Tensor Row()
        {
            var net = new Net();
            net.Find("blocks.*.parts.*.Weight").Fill(3);
            return net.blocks[2].parts[1].Weight;
        }
    }

    [Fact]
    public void InitialisationDependsOnSeedAndFullNameOnly()
    {
        var (a, b) = (new Net(), new Net());
        Equal(a, b);
        Assert.NotEqual(a.blocks[0].parts[0].Weight.ToArray<float>(), a.blocks[1].parts[0].Weight.ToArray<float>());
        var before = a.first.Weight.ToArray<float>();
        a.Initialize(5);
        Assert.NotEqual(before, a.first.Weight.ToArray<float>());
        a.Initialize(0);
        Equal(a, b);
        Assert.Equal(0.5f, a.blocks[0].Scale.Item<float>());
        Assert.All(a.first.Weight.ToArray<float>(), v => Assert.InRange(MathF.Abs(v), 0, 1 / MathF.Sqrt(3)));
        Assert.All(a.first.Bias.ToArray<float>(), v => Assert.InRange(MathF.Abs(v), 1e-9f, 1 / MathF.Sqrt(3)));
    }

    private static void Equal(Network a, Network b)
    {
        foreach (var (p, q) in a.Parameters.Zip(b.Parameters)) Assert.Equal(p.Value.To(DType.Float64).ToArray<double>(), q.Value.To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void ShapesComeFromTheConstructor()
    {
        Assert.Equal([4, 5], new Net(4).first.Weight.Shape.ToArray());
        Assert.Equal(3 * (1 + 1 + 2 * 2) + 2, new Net().Parameters.Count);
    }

    [Fact]
    public void EmptyArraysHaveEmptyStacks()
    {
        var net = new Net(2, blocks: 0);
        Assert.Equal([0], net.Find("blocks.*.parts.*.Weight").Shape.ToArray());
        Assert.Equal(0, new Gradients(net).Destination("blocks.*.Scale").Length);
        Assert.Equal([0], new Net(2, 2, leaves: 0).Find("blocks.*.parts.*.Weight").Shape.ToArray());
        Assert.Throws<KeyNotFoundException>(() => net.Find("rocks.*.Scale"));
    }

    [Fact]
    public void ChildrenOfOneArrayMustBeAlikeAndDistinct()
    {
        Assert.Contains("'blocks.1.parts.0.Weight' is [3 4]", Assert.Throws<InvalidOperationException>(() => new Uneven(3)).Message);
        Assert.Contains("equal sizes", Assert.Throws<InvalidOperationException>(() => new Uneven(2, leaves: 2)).Message);
        Assert.Contains("same object", Assert.Throws<InvalidOperationException>(() => new Tied()).Message);
    }

    private class Uneven(int second, int leaves = 1) : Network
    {
        private readonly Block[] _blocks = [new Block(2, 1), new Block(second, leaves)];

        protected override void Visit(NetworkVisitor visitor) => visitor.Children("blocks", _blocks);
    }

    private class Tied : Network
    {
        private static readonly Leaf Shared = new(2);

        protected override void Visit(NetworkVisitor visitor)
        {
            visitor.Child("a", Shared);
            visitor.Child("b", Shared);
        }
    }

    [Fact]
    public void SharedNetworksSeeOneMemory()
    {
        var net = new Net();
        var other = net.Share();
        Assert.Same(net.first.Weight, other.first.Weight);
        other.Find("blocks.*.parts.*.Weight").Fill(9);
        Assert.Equal(9f, net.blocks[2].parts[1].Weight[1, 2].Item<float>());
        net.Initialize(4);
        Equal(net, other);
        Assert.Contains("blocks.2", Assert.Throws<ArgumentException>(() => new Net(2, 2).ShareWith(net)).Message);
        Assert.Contains("[2 3]", Assert.Throws<ArgumentException>(() => new Net(3).ShareWith(net)).Message);
    }

    [Fact]
    public void CopyToMatchesNamesBeforeItWrites()
    {
        var (a, b) = (new Net(), new Net());
        a.Initialize(9);
        a.CopyTo(b);
        Equal(a, b);
        Assert.NotSame(a.first.Weight, b.first.Weight);
        Assert.Equal(1, b.Changes);
        var smaller = new Net(2, 2);
        var before = smaller.first.Weight.ToArray<float>();
        Assert.Throws<ArgumentException>(() => a.CopyTo(smaller));
        Assert.Throws<ArgumentException>(() => smaller.CopyTo(a));
        Assert.Equal(before, smaller.first.Weight.ToArray<float>());
    }

    [Fact]
    public void ConversionKeepsValuesNamesAndStacks()
    {
        var (net, original) = (new Net(), new Net());
        net.To(DType.Float64);
        Equal(net, original);
        Assert.Equal(DType.Float64, net.blocks[1].parts[0].Weight.DType);
        Assert.Equal(DType.Int64, net.Find("blocks.*.Seen").DType);
        net.Find("blocks.*.parts.*.Weight").Fill(0.1);
        Assert.Equal(0.1, net.blocks[1].parts[0].Weight[0, 0].Item<double>());
        Assert.Equal(DType.Float64, new Gradients(net).Of("first.Weight").DType);
        var same = net.first.Weight;
        net.To(DType.Float64);
        Assert.Same(same, net.first.Weight);
        Assert.Equal(1, net.Changes);
        Assert.Contains("outermost", Assert.Throws<InvalidOperationException>(() => net.first.To(DType.Float32)).Message);
        Assert.Throws<ArgumentException>(() => net.To(DType.Int64));
    }

    [Fact]
    public void ChangesInAChildReachTheRoot()
    {
        var net = new Net();
        Assert.Equal(0, net.Changes);
        net.blocks[0].parts[0].Initialize(3);
        Assert.Equal(1, net.Changes);
    }

    [Fact]
    public void GradientsMirrorTheStacks()
    {
        var net = new Net();
        var g = new Gradients(net) { Value = Tensor.Scalar(2.5f) };
        Assert.Equal(2.5f, g.Value.Item<float>());
        g.Destination("blocks.*.parts.*.Weight")[0].Fill(1); // a copy: changes nothing
        Assert.Equal(0f, g[net.blocks[0].parts[0].Weight][0, 0].Item<float>());
        g.Destination("blocks.*.parts.*.Weight").Row(1).Fill(5);
        Assert.Equal(5f, g[net.blocks[1].parts[1].Weight][0, 0].Item<float>());
        Assert.Equal(0f, g[net.blocks[2].parts[0].Weight][0, 0].Item<float>());
        Assert.Same(g[net.first.Weight], g.Of("first.Weight"));
        Assert.Same(g.Of("blocks.1.parts.1.Weight"), g[net.blocks[1].parts[1].Weight]);
        Assert.Same(g.Of("first.Bias"), net.Parameters[1].Gradient);
        Assert.IsType<NonNegative>(net.Parameters[1].Constraint);
        Assert.Contains("'nothing'", Assert.Throws<KeyNotFoundException>(() => g.Of("nothing")).Message);
        Assert.Contains("buffer", Assert.Throws<KeyNotFoundException>(() => g.Of("blocks.0.Seen")).Message);
        Assert.Throws<KeyNotFoundException>(() => g[Tensor.Zeros(2, 3)]);
        Assert.Null(net.Parameters.Single(p => p.Name == "blocks.0.Seen").Gradient);
    }

    [Fact]
    public void LookingUpMemoryAllocatesNothing()
    {
        var net = new Net();
        var g = new Gradients(net);
        LookUp();
        var allocations = new Allocations();
        while (allocations.Next()) LookUp();
        Assert.Equal(0, allocations.Bytes);

        void LookUp()
        {
            net.Find("blocks.*.parts.*.Weight").AsSpan<float>()[0] = 1;
            g.Destination("blocks.*.Scale").CopyFrom(net.Find("blocks.*.Scale"));
            g[net.first.Weight].Fill(1);
        }
    }

    [Fact]
    public void NonNegativeProjectsInPlace()
    {
        var x = Tensor.From([-1f, 0, 2, float.NaN]);
        new NonNegative().Project(x);
        Assert.Equal([0f, 0, 2, float.NaN], x.ToArray<float>());
    }
}
