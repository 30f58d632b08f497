using ScottPlot;

namespace Proxima.Benchmarks;

/// <summary>Draws how many times as fast as other libraries each case is, one bar per library.</summary>
internal static class Chart
{
    private static readonly double[] s_marks = [0.5, 1, 2, 4, 8, 16];

    /// <summary>An SVG, for pages of text; the axis is logarithmic, so that twice as fast and half as fast are equally far from 1.</summary>
    public static string Draw(string title, IReadOnlyList<string> names, IReadOnlyList<(string Library, IReadOnlyList<double?> Ratios)> libraries)
    {
        using var plot = new Plot();
        var height = 0.8 / libraries.Count;
        for (var library = 0; library < libraries.Count; library++)
        {
            var offset = (0.5 * (libraries.Count - 1) - library) * height;
            var bars = plot.Add.Bars(libraries[library].Ratios
                .Select((ratio, i) => new Bar { Position = names.Count - 1 - i + offset, Value = Math.Log2(ratio ?? 1), Size = height, FillColor = Palette(library), LineWidth = 0 }).ToArray());
            bars.Horizontal = true;
            bars.LegendText = "times " + libraries[library].Library;
        }
        plot.Add.VerticalLine(0, 1.5f, Colors.Black);
        plot.Axes.Left.SetTicks([.. names.Select((_, i) => (double)(names.Count - 1 - i))], [.. names]);
        plot.Axes.Bottom.SetTicks([.. s_marks.Select(mark => Math.Log2(mark))], [.. s_marks.Select(mark => mark.ToString("0.#"))]);
        plot.Axes.SetLimits(-1.1, Math.Log2(s_marks[^1]) + 0.1, -0.6, names.Count - 0.4);
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Title(title);
        plot.ShowLegend(Alignment.LowerRight);
        return plot.GetSvgXml(800, 60 + 22 * names.Count);

        static Color Palette(int library) => library == 0 ? Colors.C0 : Colors.C1;
    }
}
