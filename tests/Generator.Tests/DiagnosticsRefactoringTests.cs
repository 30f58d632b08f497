using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeRefactorings;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.CodeFixes;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCodeFixTests;

namespace Proxima.Tests;

/// <summary>What the refactorings write, and that it builds.</summary>
public class DiagnosticsRefactoringTests
{
    private const string Coder =
        """
        [Network]
        public partial class Net(int m, int n, float rate = 0.5f)
        {
            [Parameter("m n")] public partial Tensor Encoder { get; }
            [Parameter("n")] public partial Tensor Bias { get; }
            [Parameter("n m")] public partial Tensor Decoder { get; }

            [return: Shape("b n")]
            public virtual Tensor Encode([Shape("b m")] Tensor y) => rate * Tanh(MatMul(y, Encoder) + Bias);

            [return: Shape("")]
            public virtual Tensor Loss([Shape("b m")] Tensor y) => MseLoss(MatMul(Encode(y), Decoder), y);
        }

        """;

    [Fact]
    public async Task DeclareTheGradient()
    {
        var text = await Refactor(Coder, "Loss", "Declare the gradient of 'Loss' by all parameters");
        Assert.Contains("\n\n    [Gradient(of: nameof(Loss))]\n    public virtual partial Gradients LossGradient(Tensor y);\n}", text, StringComparison.Ordinal);
        GeneratorHarness.Run(text);
    }

    [Fact]
    public async Task DeclareTheGradientByAnArgument()
    {
        var text = await Refactor(Coder, "Loss", "Declare the gradient of 'Loss' by 'y'");
        Assert.Contains("[Gradient(of: nameof(Loss), wrt: \"y\")]\n    public virtual partial Tensor LossByY(Tensor y);", text, StringComparison.Ordinal);
        GeneratorHarness.Run(text);
    }

    [Fact]
    public async Task ExtractAChild()
    {
        var text = await Refactor(Coder, "Encode", "Extract 'Encode' into a child network");
        Assert.Contains("    readonly EncodeLayer encodeLayer = new(m, n, rate);\n    [Parameter(\"n m\")]", text, StringComparison.Ordinal);
        Assert.Contains("Encode([Shape(\"b m\")] Tensor y) => encodeLayer.Forward(y);", text, StringComparison.Ordinal);
        Assert.Contains("public partial class EncodeLayer(int m, int n, float rate)", text, StringComparison.Ordinal);
        GeneratorHarness.Run(text);
    }

    [Theory]
    // A vector has no gradient; a method that others feed is tied to its class.
    [InlineData("Encode", "Declare the gradient")]
    [InlineData("Loss", "Extract")]
    public async Task NotOfferedWhereItDoesNotFit(string method, string title) =>
        Assert.DoesNotContain(await Offered(Document(Coder), method), action => action.Title.StartsWith(title, StringComparison.Ordinal));

    private static async Task<string> Refactor(string source, string method, string title)
    {
        var document = Document(source);
        return await Apply(document, Assert.Single(await Offered(document, method), action => action.Title == title));
    }

    private static async Task<List<CodeAction>> Offered(Document document, string method)
    {
        var actions = new List<CodeAction>();
        var at = (await document.GetTextAsync()).ToString().IndexOf(" " + method + "(", StringComparison.Ordinal) + 2;
        await new NetworkRefactorings().ComputeRefactoringsAsync(new CodeRefactoringContext(document, new TextSpan(at, 0), actions.Add, CancellationToken.None));
        return actions;
    }
}
