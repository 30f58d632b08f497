using System.Globalization;
using Proxima;
using Proxima.Training;
using static Proxima.Ops;

// Learns to recover sparse codes from their random projections; prints the loss before and after, and the same answer twice.
const int Measurements = 20, Atoms = 40, Batch = 32;
var random = new Random(1);
var projection = Tensor.Zeros(Atoms, Measurements);
foreach (ref var entry in projection.AsSpan<float>()) entry = (random.NextSingle() - 0.5f) / 2;
var codes = Tensor.Zeros(Batch, Atoms);
foreach (ref var code in codes.AsSpan<float>()) code = random.Next(10) == 0 ? 1 : 0;
var measured = MatMul(codes, projection);

var model = new Recovery.Cpu(Measurements, Atoms);
var adam = new Adam(model, learningRate: 1e-2);
Print("before", model.Loss(measured, codes).Item<float>());
for (var step = 0; step < 100; step++)
    adam.Step(model.LossGradient(measured, codes));
Print("after", model.Loss(measured, codes).Item<float>());

var reference = new Recovery(Measurements, Atoms);
model.CopyTo(reference);
Print("compiled", Sum(Abs(model.Forward(measured))).Item<float>());
Print("reference", Sum(Abs(reference.Forward(measured))).Item<float>());

static void Print(string name, float value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:R}"));

/// <summary>Unrolled shrinkage with learned matrices.</summary>
[Network]
public partial class Recovery(int m, int n, int layers = 4)
{
    [Parameter("m n")]
    public partial Tensor Encoder { get; }

    [Parameter("n n")]
    public partial Tensor Inhibition { get; }

    [Parameter("layers", Init = 0.1)]
    public partial Tensor Threshold { get; }

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
    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target)
        => Mean(Square(Forward(y) - target));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor target);
}
