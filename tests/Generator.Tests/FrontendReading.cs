using Microsoft.CodeAnalysis;
using Proxima.Generator.Analyzers;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>Shared by the front end's tests: reads one class of a compilation.</summary>
internal static class FrontendReading
{
    public static Reading Read(string name, params string[] sources)
    {
        var compilation = GeneratorHarness.Compile(sources);
        return NetworkReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, CancellationToken.None);
    }

    /// <summary>The only method of a network with two size parameters and a few members, as Surface text without the outer block.</summary>
    public static string Body(string method, string members = "") => BodyOf(Read("Net", Network(method, members)));

    public static string Network(string method, string members = "") =>
        $$"""
        [Network]
        public partial class Child(int width)
        {
            [Parameter("width")] public partial Tensor Weight { get; }
            [return: Shape("b width")] public virtual Tensor Forward([Shape("b width")] Tensor x, int times = 2) => x * Weight;
        }
        public static class Functions
        {
            [TensorFunction] public static Tensor Twice(Tensor x) => x + x;
        }
        [Network]
        public partial class Net(int m, int n, float scale = 0.5f)
        {
            [Parameter("n m")] public partial Tensor Encoder { get; }
            [Buffer("n")] public partial Tensor Running { get; private set; }
            readonly Child child = new(n);
            readonly Child[] blocks = Repeat(m - 1, i => new Child(n));
            {{members}}
            {{method}}
        }
        """;

    public static string BodyOf(Reading reading)
    {
        Assert.Empty(reading.Diagnostics.Items.Where(d => Diagnostics.Of(d.Id).DefaultSeverity == DiagnosticSeverity.Error).Select(d => d.Id + " " + string.Join(" | ", d.Arguments)));
        var body = reading.Declaration!.Methods.Items.Last().Body;
        Assert.NotNull(body);
        return string.Join("\n", body.Items.Select(s => s.ToString()));
    }
}
