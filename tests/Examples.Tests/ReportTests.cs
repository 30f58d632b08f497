using System.Xml.Linq;
using Proxima.Examples;
using Xunit;

namespace Proxima.Tests;

public sealed class ReportTests
{
    [Fact]
    public void TheReportShowsKernelsAsTextAndAsAPageWithADrawing()
    {
        var folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            var file = Path.Combine(folder, "new", "lista.html");
            var (code, text) = CommandLineTests.Run("report", "lista", "--html", file);
            Assert.True(code == 0, text);
            foreach (var part in new[] { "MatMul(x, Transpose(A", "for k < layers", "LossGradient", "func Forward(", "GFLOP", "MiB" }) Assert.Contains(part, text);

            var html = File.ReadAllText(file);
            Assert.StartsWith("<!DOCTYPE html>", html);
            var page = XDocument.Parse(html); // every tag is closed and every character escaped
            Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName == "src" || attribute.Value.Contains("http"));
            var report = CompileReport.Of(typeof(Alista));
            var boxes = page.Descendants("g").Where(group => (string?)group.Attribute("class") is "box kernel" or "box gemm").ToList();
            foreach (var method in report.Methods)
            {
                Assert.NotNull(page.Descendants("h3").Single(heading => (string?)heading.Attribute("id") == $"Alista-{method.Name}"));
                foreach (var kernel in method.Kernels)
                    Assert.Contains(boxes, box => box.Element("text")!.Value == kernel.Name && box.Element("title")!.Value.Contains("operations:"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ALayerIsOneKernelPerProduct()
    {
        var forward = CompileReport.Of(typeof(Alista)).Methods.Single(method => method.Name == "Forward");
        var loop = Assert.Single(forward.Steps, step => step.IsLoop);
        Assert.All(loop.Steps, step => Assert.Equal("gemm", step.Kind));
        Assert.Equal(2, loop.Steps.Count);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("report", "nope")]
    [InlineData("report", "lista", "--nope")]
    public void BadUsageExitsWithTwo(params string[] args) => Assert.Equal(2, CommandLineTests.Run(args).Code);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("2*b*m+b-1", 44)]
    [InlineData("max(b,m)+min(b,3)", 10)]
    [InlineData("((b+1)/(2))*m", 14)]
    [InlineData("((m)%(4))", 3)]
    [InlineData("-b+m", 4)]
    public void FormulasAreEvaluated(string formula, long expected) =>
        Assert.Equal(expected, SizeFormula.Evaluate(formula, new Dictionary<string, long> { ["b"] = 3, ["m"] = 7 }));

    [Theory]
    [InlineData("")]
    [InlineData("b+")]
    [InlineData("(b")]
    [InlineData("q")]
    [InlineData("b/0")]
    [InlineData("3 4")]
    public void WhatIsNoFormulaIsRefused(string formula) =>
        Assert.Throws<FormatException>(() => SizeFormula.Evaluate(formula, new Dictionary<string, long> { ["b"] = 3 }));

    [Theory]
    [InlineData("2*b*m+b-1", "2\u00b7b\u00b7m + b \u2212 1")]
    [InlineData("a+b+c+d+e+f+g", "a + b + c + d + e ... 2 more terms")]
    public void FormulasAreSetForReaders(string formula, string expected) => Assert.Equal(expected, SizeFormula.Brief(formula));

    [Fact]
    public void BoxesOfADrawingDoNotOverlap()
    {
        var nodes = Enumerable.Range(0, 12).Select(i => new GraphNode(40 + 10 * i, 20 + 3 * i) { Tag = i }).ToList();
        var edges = from i in Enumerable.Range(0, 12) from j in Enumerable.Range(i + 1, 11 - i) where (i * 7 + j) % 3 == 0 select (nodes[i], nodes[j]);
        var graph = new LayeredGraph(nodes, edges);
        foreach (var a in nodes)
        {
            Assert.True(a.X >= 0 && a.Y >= 0 && a.X + a.Width <= graph.Width + 1e-9 && a.Bottom <= graph.Height + 1e-9);
            foreach (var b in nodes.Where(b => b != a))
                Assert.True(a.X + a.Width <= b.X || b.X + b.Width <= a.X || a.Bottom <= b.Y || b.Bottom <= a.Y);
        }
        Assert.All(graph.Segments, segment => Assert.True(segment.From.Bottom <= segment.To.Y));
    }
}
