using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>Declarations as text, and the part of a network that the generator prints from them.</summary>
public class FrontendDeclarationTests
{
    private const string Source =
        """
        namespace Nets;
        public partial class Outer
        {
            /// <summary>A "quoted" network.</summary>
            [Network]
            internal partial class Inner(int m, int n, float scale = 0.1f, bool @checked = true)
            {
                [Parameter("m 2*n+1", Init = 0.1, Constraint = typeof(NonNegative))] public partial Tensor Encoder { get; }
                [Parameter("n", Init = Init.Ones)] internal partial Tensor Weight { get; }
                [Buffer("n", DType.Int64)] public partial Tensor Count { get; private set; }
                readonly Linear first = new(m, n);
                readonly Linear[] blocks = Repeat(m - 1, _ => new Linear(n, n)), pair = [new(n, n), new(m, n)];
                [return: Shape("b n"), Shape("", DType.Float64)]
                public virtual (Tensor Value, Tensor) Forward([Shape("b m")] Tensor x, int times = 2)
                {
                    for (var k = 0; k < times; k++) x = Relu(x) * scale;
                    return (first.Forward(x), Mean(x).To(DType.Float64));
                }
                [return: Shape("")] protected internal virtual Tensor Loss([Shape("b m")] Tensor into) => Mean(into);
            }
        }
        """;

    /// <summary>A compilation that references no target: only the shared part is generated.</summary>
    private static CSharpCompilation LanguageOnly(string source, params MetadataReference[] references) => GeneratorHarness.Compile(
        references.Length == 0 ? "User" : "Second", references, [source], "Proxima.Runtime", "Proxima.Runtime.Gpu", "Proxima.Runtime.Torch");

    [Fact]
    public void TextReadsBack()
    {
        var declaration = FrontendReading.Read("Nets.Outer+Inner", Source).Declaration!;
        var text = declaration.ToText();
        // How the generated With is accessible concerns the class's own assembly only.
        Assert.Equal(declaration with { With = null }, DeclarationText.Parse(text));
        Assert.Equal(text, DeclarationText.Parse(text).ToText());
        Assert.NotEqual(declaration, DeclarationText.Parse(text.Replace("2*n+1", "2*n+2")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("(network2 Nets.A)")]
    [InlineData("(network1 Nets.A (name A))")]
    public void MalformedTextIsRefused(string text) => Assert.Throws<FormatException>(() => DeclarationText.Parse(text));

    [Fact]
    public void EveryPrefixOfATextIsRefused()
    {
        var text = FrontendReading.Read("Nets.Outer+Inner", Source).Declaration!.ToText();
        for (var length = 0; length < text.Length; length += 7) Assert.Throws<FormatException>(() => DeclarationText.Parse(text[..length]));
    }

    [Fact]
    public void GeneratedDeclaration() => Snapshot.Verify(GeneratorHarness.Run(LanguageOnly(Source))["Nets.Outer.Inner.proxima.g.cs"]);

    [Fact]
    public void TheDeclaredNetworkRuns()
    {
        const string source =
            """
            namespace Nets;
            [Network]
            public partial class Net(int n)
            {
                [Parameter("n", Init = 2)] public partial Tensor Weight { get; }
                [Buffer("")] public partial Tensor Calls { get; private set; }
                [return: Shape("n"), Shape("n")] public virtual (Tensor, Tensor) Both([Shape("n")] Tensor x)
                {
                    Calls += 1;
                    return (x * Weight, x);
                }
                public static float[] Test()
                {
                    var net = new Net(3);
                    var (a, b) = (Tensor.Zeros(3), Tensor.Zeros(3));
                    net.Both(Tensor.From(new float[] { 1, 2, 3 }, 3), (a, b));
                    return [.. a.ToArray<float>(), .. b.ToArray<float>(), net.Calls.Item<float>()];
                }
            }
            """;
        var test = GeneratorHarness.Run(source).Load().GetType("Nets.Net")!.GetMethod("Test")!;
        Assert.Equal([2, 4, 6, 1, 2, 3, 1], (float[])test.Invoke(null, null)!);
    }

    [Fact]
    public void NetworksOfAReferencedAssemblyAreInTheLibrary()
    {
        var library = GeneratorHarness.Run(LanguageOnly(Source.Replace("internal partial class Inner", "public partial class Inner"))).Output;
        var user = LanguageOnly("[Network] public partial class User(int n) { readonly Nets.Outer.Inner inner = new(n, n); }", library.ToMetadataReference());
        var names = ReferencedDeclarations.Of(user, CancellationToken.None).Items.Select(n => n.FullName).ToList();
        Assert.Contains("Nets.Outer+Inner", names);
        Assert.Contains("Proxima.Linear", names);
        GeneratorHarness.Run(user);
    }
}
