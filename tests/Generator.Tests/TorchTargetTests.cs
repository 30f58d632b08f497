using Proxima.Tests.Infrastructure;
using Proxima.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Proxima.Tests;

/// <summary>Generated Torch classes: values, gradients and training against torch's own operations.</summary>
public sealed class TorchTargetTests
{
    private const string Lista =
        """
        [Network]
        public partial class Lista(int m, int n, int layers = 4)
        {
            [Parameter("m n")] public partial Tensor Encoder { get; }
            [Parameter("n n")] public partial Tensor Inhibition { get; }
            [Parameter("layers", Init = 0.1)] public partial Tensor Threshold { get; }

            [return: Shape("b n")]
            public virtual Tensor Forward([Shape("b m")] Tensor y)
            {
                var c = MatMul(y, Encoder);
                var x = SoftThreshold(c, Threshold[0]);
                for (var k = 1; k < layers; k++)
                    x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
                return x;
            }

            [return: Shape("")]
            public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));
        }
        """;

    private const string Classifier =
        """
        [Network]
        public partial class Linear(int inputs, int outputs)
        {
            [Parameter("inputs outputs")] public partial Tensor Weight { get; }
            [Parameter("outputs")] public partial Tensor Bias { get; }

            [return: Shape("b outputs")]
            public virtual Tensor Forward([Shape("b inputs")] Tensor x) => MatMul(x, Weight) + Bias;
        }

        [Network]
        public partial class Classifier(int inputs, int hidden, int classes)
        {
            private readonly Linear first = new(inputs, hidden);
            private readonly Linear second = new(hidden, classes);

            [return: Shape("b classes")]
            public virtual Tensor Scores([Shape("b inputs")] Tensor x) => second.Forward(Tanh(first.Forward(x)));

            [return: Shape("b"), Shape("b", DType.Int64)]
            public virtual (Tensor, Tensor) Decide([Shape("b inputs")] Tensor x) => (Max(Scores(x), dim: -1), ArgMax(Scores(x), dim: -1));

            [return: Shape("b")]
            public virtual Tensor Penalty([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor target)
            {
                var scores = LogSoftmax(Scores(x), dim: -1);
                return -Sum(Where(Equal(Arange(classes), Unsqueeze(target, 1)), scores, 0f), dim: -1);
            }
        }
        """;

    private static (Type Type, dynamic Module) Make(string source, string name, params object[] sizes)
    {
        var type = GeneratorHarness.Run(source).Load().GetType(name)!;
        return (type, Activator.CreateInstance(type.GetNestedType("Torch")!, sizes)!);
    }

    private static torch.Tensor Shrink(torch.Tensor x, torch.Tensor threshold) => x.sign() * (x.abs() - threshold).relu();

    private static torch.Tensor ListaInTorch(Dictionary<string, torch.Tensor> parameters, torch.Tensor y, int layers)
    {
        var c = y.matmul(parameters["Encoder"]);
        var x = Shrink(c, parameters["Threshold"][0]);
        for (var k = 1; k < layers; k++) x = Shrink(c + x.matmul(parameters["Inhibition"]), parameters["Threshold"][k]);
        return x;
    }

    private static void Close(torch.Tensor expected, torch.Tensor actual) =>
        Assert.True(torch.allclose(expected, actual, 1e-4, 1e-5), $"{actual.str()}\ninstead of\n{expected.str()}");

    [Fact]
    public void ModulesHaveTheParametersOfTheNetwork()
    {
        var (_, lista) = Make(Lista, "Lista", 5, 7, 3);
        Assert.Equal(["Encoder", "Inhibition", "Threshold"], ((nn.Module)lista).state_dict().Keys.Order());
        Assert.IsAssignableFrom<nn.Module<torch.Tensor, torch.Tensor>>(lista);
        var (_, classifier) = Make(Classifier, "Classifier", 5, 7, 3);
        Assert.Equal(["first.Bias", "first.Weight", "second.Bias", "second.Weight"], ((nn.Module)classifier).state_dict().Keys.Order());
    }

    [Fact]
    public void ValuesAndGradientsAreTorchs()
    {
        var (_, module) = Make(Lista, "Lista", 5, 7, 4);
        manual_seed(1);
        var y = randn(6, 5).requires_grad_();
        var target = randn(6, 7);
        var own = ((nn.Module)module).named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone().requires_grad_());
        var twin = y.detach().clone().requires_grad_();

        torch.Tensor loss = module.Loss(y, target);
        loss.backward();
        var expected = (ListaInTorch(own, twin, 4) - target).square().mean();
        expected.backward();

        Close(expected, loss);
        Close(twin.grad!, y.grad!);
        foreach (var (name, parameter) in ((nn.Module)module).named_parameters()) Close(own[name].grad!, parameter.grad!);
        Close(ListaInTorch(own, twin, 4), ((nn.Module<torch.Tensor, torch.Tensor>)module).call(y));
    }

    [Fact]
    public void AdamTrainsIt()
    {
        var (_, module) = Make(Lista, "Lista", 8, 6, 4);
        manual_seed(2);
        var y = randn(32, 8);
        var target = y.matmul(randn(8, 6) * 0.3);
        var adam = optim.Adam(((nn.Module)module).parameters(), 1e-2);
        double First() => ((torch.Tensor)module.Loss(y, target)).ToDouble();
        var before = First();
        for (var i = 0; i < 200; i++)
        {
            adam.zero_grad();
            ((torch.Tensor)module.Loss(y, target)).backward();
            adam.step();
        }
        Assert.InRange(First(), 0, 0.3 * before);
    }

    [Fact]
    public void WholeNumbersPassWithoutGradient()
    {
        var (_, module) = Make(Classifier, "Classifier", 5, 7, 3);
        manual_seed(3);
        var x = randn(9, 5).requires_grad_();
        var target = randint(0, 3, 9);
        torch.Tensor penalty = module.Penalty(x, target);
        penalty.mean().backward();
        var gradients = ((nn.Module)module).named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        var own = ((nn.Module)module).named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone().requires_grad_());
        torch.Tensor Scores(torch.Tensor input) => (input.matmul(own["first.Weight"]) + own["first.Bias"]).tanh().matmul(own["second.Weight"]) + own["second.Bias"];
        var expected = nn.functional.cross_entropy(Scores(x), target, reduction: nn.Reduction.None);
        expected.mean().backward();
        Close(expected, penalty);
        foreach (var (name, gradient) in gradients) Close(own[name].grad!, gradient);

        (torch.Tensor best, torch.Tensor which) = ((torch.Tensor, torch.Tensor))module.Decide(x);
        Close(Scores(x).max(1).values, best);
        Assert.Equal(Scores(x).argmax(1).data<long>().ToArray(), which.data<long>().ToArray());
        best.sum().backward();
    }

    [Fact]
    public void WrongShapesAreRefusedBeforeNativeCode()
    {
        var (_, module) = Make(Lista, "Lista", 5, 7, 3);
        var error = Assert.Throws<ArgumentException>(() => module.Forward(randn(2, 6)));
        Assert.Contains("[b m]", error.Message);
        Assert.Throws<ArgumentException>(() => module.Loss(randn(2, 5), randn(3, 7)));
    }
}
