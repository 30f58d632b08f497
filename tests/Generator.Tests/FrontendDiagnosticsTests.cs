using static Proxima.Tests.FrontendReading;

namespace Proxima.Tests;

/// <summary>What is not the language: which diagnostic, and on exactly which characters (between the bars).</summary>
public class FrontendDiagnosticsTests
{
    private const string Signature = "[return: Shape(\"b n\")] public virtual Tensor F([Shape(\"b m\")] Tensor x) ";

    [Theory]
    [InlineData("PRX0005", "{ |while| (n > 3) x = -x; return x; }")]
    [InlineData("PRX0005", "{ |do| { x = -x; } while (n > 3); return x; }")]
    [InlineData("PRX0005", "{ |for| (var k = 0; k < n; k *= 2) x = -x; return x; }")]
    [InlineData("PRX0005", "{ for (var k = 0; |k < n && k < m|; k++) x = -x; return x; }")]
    [InlineData("PRX0005", "{ for (var k = 0; k < n; k++) { |k| = 3; x = -x; } return x; }")]
    [InlineData("PRX0005", "{ for (var k = 0; k < n; k++) { |break|; } return x; }")]
    [InlineData("PRX0005", "{ |foreach| (var i in new[] { 1, 2 }) x = -x; return x; }")]
    [InlineData("PRX0005", "{ |switch| (n) { default: break; } return x; }")]
    [InlineData("PRX0005", "{ |throw| new Exception(); }")]
    [InlineData("PRX0005", "{ |n| = 3; return x; }")]
    [InlineData("PRX0006", "=> x * (|(object)x is Tensor| ? 1 : 2);")]
    [InlineData("PRX0006", "=> x * (|n switch { 1 => 2, _ => 3 }|);")]
    [InlineData("PRX0006", "=> x * |(float)x|;")]
    [InlineData("PRX0006", "=> |new Child(3)|.Forward(x);")]
    [InlineData("PRX0006", "{ Tensor a; return x + (|a = x|); }")]
    [InlineData("PRX0006", "=> x * |other|;")]
    [InlineData("PRX0006", "=> Map(x, |v => { var w = v; return w; }|);")]
    [InlineData("PRX0007", "=> |Reference|(x);")]
    [InlineData("PRX0007", "=> Tensor.|From|(new[] { 1f }, 1);")]
    [InlineData("PRX0007", "=> x * x.|Item<float>|();")]
    [InlineData("PRX0006", "=> x * |Environment.ProcessorCount|;")]
    public void InBodies(string id, string marked) =>
        Expect(id, Network(Signature + marked, "Tensor other = Tensor.Zeros(1); static Tensor Reference(Tensor x) => x;"));

    [Theory]
    [InlineData("PRX0001", "[Network] public class |Net|(int n) { }")]
    [InlineData("PRX0001", "[Network] public sealed partial class |Net|(int n) { }")]
    [InlineData("PRX0002", "[Network] public partial class Net(int n) { [return: Shape(\"n\")] public Tensor |F|([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("PRX0003", "[Network] public partial class Net(int n) { [Parameter(\"n\")] public Tensor |P| { get; } = null!; }")]
    [InlineData("PRX0003", "[Network] public partial class Net(int n) { [Parameter(\"n\")] public partial Tensor |P| { get; set; } }")]
    [InlineData("PRX0003", "[Network] public partial class Net(int n) { [Buffer(\"n\")] public partial float |P| { get; } }")]
    [InlineData("PRX0004", "[Network] public partial class Net(int n) { [return: Shape(\"n\")] public virtual Tensor F(Tensor |x|) => x; }")]
    [InlineData("PRX0004", "[Network] public partial class Net(int n) { public virtual |Tensor| F([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("PRX0004", "[Network] public partial class Net(int n) { [return: Shape(\"n\")] public virtual |(Tensor, Tensor)| F([Shape(\"n\")] Tensor x) => (x, x); }")]
    [InlineData("PRX0008", "[Network] public partial class Net(string |name|) { }")]
    [InlineData("PRX0009", "[Network] public partial class |Net|<T>(int n) { }", "Net`1")]
    [InlineData("PRX0009", "[Network] public partial class Net(int n) { [return: Shape(\"n\")] public virtual Tensor |F|<T>([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("PRX0120", "[Network] public partial class Net(int n) { [Gradient(of: \"|Missing|\")] public virtual partial Gradients G(Tensor x); }")]
    [InlineData("PRX0120", "[Network] public partial class Net(int n) { void Train() { } [Gradient(of: nameof(|Train|))] public virtual partial Gradients G(Tensor x); }")]
    [InlineData("PRX0010", "[Network] public partial class Net(int n) { Tensor L(Tensor x) => x; [Gradient(of: \"L\")] public partial Gradients |G|(Tensor x); }")]
    [InlineData("PRX0010", "[Network] public partial class Net(int n) { Tensor L(Tensor x) => x; [Gradient(of: \"L\")] public virtual Gradients |G|(Tensor x) => null!; }")]
    [InlineData("PRX0011", "public class Base; [Network] public partial class |Net|(int n) : Base { }")]
    [InlineData("PRX0012", "[Network] public partial class Net(int n) { readonly Linear[] layers = Repeat(3, i => new Linear(n, |i| + 1)); }")]
    [InlineData("PRX0006", "[Network] public partial class Net(int n) { readonly Linear |layer|; }")]
    [InlineData("PRX0014", "[Network] public partial class Net { public |Net|(int n) { } }")]
    [InlineData("PRX0015", "[Network] public partial class Net { Tensor F(Tensor x) => x; Tensor |F|(Tensor x, Tensor y) => x; }")]
    public void InDeclarations(string id, string marked, string name = "Net") => Expect(id, marked, name);

    [Fact]
    public void NestingTooDeeplyIsADiagnosticAndNoCrash()
    {
        var nested = string.Concat(Enumerable.Repeat("Relu(", 350)) + "x" + new string(')', 350);
        var diagnostic = Assert.Single(Read("Net", Network(Signature + $"=> {nested};")).Diagnostics.Items);
        Assert.Equal("PRX0013", diagnostic.Id);
    }

    private static void Expect(string id, string marked, string name = "Net")
    {
        var start = marked.IndexOf('|');
        var end = marked.IndexOf('|', start + 1);
        var source = marked.Remove(end, 1).Remove(start, 1);
        var diagnostic = Assert.Single(Read(name, source).Diagnostics.Items);
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(marked[(start + 1)..end], source.Substring(diagnostic.Origin.Start, diagnostic.Origin.Length));
        Assert.All(diagnostic.Arguments.Items, a => Assert.NotEmpty(a));
    }
}
