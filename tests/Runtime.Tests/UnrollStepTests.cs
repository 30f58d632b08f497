using Proxima.Proximal;
using Proxima.Torch;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Algorithms whose steps follow from a constant of the data: of a matrix, and of a map without one.</summary>
[Network]
public partial class MeasuredSteps(int m, int n)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor A { get; }

    [Parameter("n m", Init = Init.Normal)] public partial Tensor B { get; }

    [Parameter("1 1 3", Init = Init.Normal)] public partial Tensor Kernel { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    /// <summary>A convolution: power iteration measures it.</summary>
    [return: Shape("")]
    public virtual Tensor Blurred([Shape("b n")] Tensor x, [Shape("b n")] Tensor z) => 0.5 * Sum(Square(Squeeze(Conv1d(Unsqueeze(x, 1), Kernel, padding: 1), 1) - z));

    [return: Shape("")]
    public virtual Tensor Distance([Shape("b n")] Tensor x, [Shape("b n")] Tensor z) => 0.5 * Sum(Square(x - z));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.5f * Sum(Abs(x));

    /// <summary>Of a linear map of x.</summary>
    [return: Shape("")]
    public virtual Tensor Analysis([Shape("b n")] Tensor x) => 0.5f * Sum(Abs(MatMul(x, B)));

    [return: Shape("")]
    public virtual Tensor InBox([Shape("b n")] Tensor x) => Sum(Box.Value(x, -0.25f, 0.5f));

    [return: Shape("")]
    public virtual Tensor InSimplex([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1));

    [return: Shape("")]
    public virtual Tensor Product([Shape("k")] Tensor u, [Shape("k")] Tensor v, [Shape("k")] Tensor w) => 0.5 * Sum(Square(u * v - w));

    [return: Shape("")]
    public virtual Tensor Game([Shape("b n")] Tensor u, [Shape("b m")] Tensor v) => Sum(MatMul(u, A) * v);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior))] public virtual partial Tensor Ista(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Blurred), proximable: nameof(Prior))] public virtual partial Tensor Deblurred(Tensor x, Tensor z);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior))] public virtual partial Tensor Fista(Tensor x, Tensor y);

    [Unroll(Algorithm.DavisYin, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(InBox))] public virtual partial Tensor DavisYin(Tensor x, Tensor y);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Prior))] public virtual partial Tensor Extragradient(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(InSimplex))] public virtual partial Tensor Mirrored(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InBox))] public virtual partial Tensor FrankWolfe(Tensor x, Tensor y);

    [Unroll(Algorithm.Alista, smooth: nameof(Fit), proximable: nameof(Prior), Ridge = 0.5)] public virtual partial Tensor Alista(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Analysis))] public virtual partial Tensor CondatVu(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Distance), proximable: nameof(Analysis))] public virtual partial Tensor ChambollePock(Tensor x, Tensor z);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Distance), proximable: nameof(Analysis), Step = 0.25)] public virtual partial Tensor ChambollePockByStep(Tensor x, Tensor z);

    [Unroll(Algorithm.LinearizedAdmm, smooth: nameof(Distance), proximable: nameof(Analysis))] public virtual partial Tensor LinearizedAdmm(Tensor x, Tensor z);

    [Unroll(Algorithm.Palm, smooth: nameof(Product), wrt: "u, v", Iterations = 500)] public virtual partial (Tensor U, Tensor V) Palm(Tensor u, Tensor v, Tensor w);

    [Unroll(Algorithm.IPalm, smooth: nameof(Product), wrt: "u, v")] public virtual partial (Tensor U, Tensor V) IPalm(Tensor u, Tensor v, Tensor w);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), wrt: "u, v")] public virtual partial (Tensor U, Tensor V) Saddle(Tensor u, Tensor v);

    // Steps as given: right for some matrices only.

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 20, Step = 0.1)] public virtual partial Tensor IstaByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(InBox), Iterations = 20, Step = 0.1)] public virtual partial Tensor BoxedByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Blurred), proximable: nameof(Prior), Iterations = 20, Step = 0.1)] public virtual partial Tensor DeblurredByStep(Tensor x, Tensor z);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-6, Step = 0.1)] public virtual partial Tensor SearchByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 20, Step = 0.1)] public virtual partial Tensor FistaByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.DavisYin, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(InBox), Iterations = 20, Step = 0.1)]
    public virtual partial Tensor DavisYinByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 20, Step = 0.1)] public virtual partial Tensor ExtragradientByStep(Tensor x, Tensor y);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), wrt: "u, v", Iterations = 20, Step = 0.1)] public virtual partial (Tensor U, Tensor V) SaddleByStep(Tensor u, Tensor v);

    [Unroll(Algorithm.Palm, smooth: nameof(Product), wrt: "u, v", Iterations = 20, Step = 0.1)] public virtual partial (Tensor U, Tensor V) PalmByStep(Tensor u, Tensor v, Tensor w);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Analysis), Iterations = 20, Step = 0.1)] public virtual partial Tensor CondatVuByStep(Tensor x, Tensor y);

    /// <summary>A gradient of which no bound is known at all.</summary>
    [return: Shape("")]
    public virtual Tensor Fourth([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.25 * Sum(Square(Square(MatMul(x, A) - y)));

    [Unroll(Algorithm.Ista, smooth: nameof(Fourth), Iterations = 2, Step = 0.1)] public virtual partial Tensor FourthByStep(Tensor x, Tensor y);

    [return: Shape("")] public virtual Tensor LossByStep([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(IstaByStep(x, y)));

    [Gradient(of: nameof(LossByStep), wrt: "x, y, A")] public virtual partial (Tensor X, Tensor Y, Tensor A) GradientByStep(Tensor x, Tensor y);

    /// <summary>Every algorithm at once, so that one gradient goes through all of them.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, [Shape("b n")] Tensor z)
    {
        var (u, v) = Palm(x[0], 0 * x[0], z[0]);
        var (u2, v2) = IPalm(0 * x[0], 0 * x[0], z[0]);
        var (p, q) = Saddle(x, y);
        return Sum(Square(Ista(x, y)) + Square(Deblurred(x, z)) + Square(Fista(x, y)) + Square(DavisYin(x, y)) + Square(Extragradient(x, y)) + Square(Mirrored(Softmax(x, dim: -1), y)))
            + Sum(Square(FrankWolfe(x, y)) + Square(Alista(x, y)) + Square(CondatVu(x, y)) + Square(ChambollePock(x, z)) + Square(ChambollePockByStep(x, z)) + Square(LinearizedAdmm(x, z)))
            + Sum(Square(u) + Square(v) + Square(u2) + Square(v2)) + Sum(Square(p)) + Sum(Square(q));
    }

    [Gradient(of: nameof(Loss), wrt: "x, y, z, A, B, Kernel")]
    public virtual partial (Tensor X, Tensor Y, Tensor Z, Tensor A, Tensor B, Tensor Kernel) LossGradient(Tensor x, Tensor y, Tensor z);
}

/// <summary>Steps that follow from data, and given ones that the data make too long.</summary>
[Collection(OpenClDevice.Name)]
public sealed class UnrollStepTests
{
    private const int M = 7, N = 5, Batch = 3;

    private static Tensor Random(int stream, DType type, params int[] shape)
    {
        var x = Tensor.Empty(type, shape);
        new Philox(47, (ulong)stream).FillNormal(x);
        return x;
    }

    private static MeasuredSteps Network(bool isCompiled, DType type)
    {
        var network = isCompiled ? new MeasuredSteps.Cpu(M, N) : new MeasuredSteps(M, N);
        network.To(type);
        return network;
    }

    private static void Fill(Tensor tensor, double value)
    {
        if (tensor.DType == DType.Float64) tensor.AsSpan<double>().Fill(value);
        else tensor.AsSpan<float>().Fill((float)value);
    }

    private static void AreAll(double expected, Tensor actual) => Assert.All(actual.To(DType.Float64).ToArray<double>(), v => Assert.Equal(expected, v, 1e-6));

    private static void AreClose(Tensor expected, Tensor actual) => AreAll(0, expected - actual);

    /// <summary>A map of zeros makes the smooth function constant: any step is valid, and what is left is the least of the other functions.</summary>
    [Theory]
    [InlineData(false, DType.Float32)]
    [InlineData(false, DType.Float64)]
    [InlineData(true, DType.Float32)]
    public void AMapOfZerosHasAStep(bool isCompiled, DType type)
    {
        var network = Network(isCompiled, type);
        foreach (var parameter in new[] { network.A, network.B, network.Kernel }) Fill(parameter, 0);
        Tensor x = Random(1, type, Batch, N), y = Random(2, type, Batch, M), z = Random(3, type, Batch, N), inside = Softmax(x, dim: -1);
        AreAll(0, network.Ista(x, y));
        AreAll(0, network.Deblurred(x, z));
        AreAll(0, network.Fista(x, y));
        AreAll(0, network.DavisYin(x, y));
        AreAll(0, network.Extragradient(x, y));
        AreAll(0, network.Alista(x, y));
        AreClose(inside, network.Mirrored(inside, y));
        Tensor point = network.FrankWolfe(x, y);
        AreClose(Clamp(point, -0.25, 0.5), point);
        AreClose(x, network.CondatVu(x, y));
        // Half of the way in each iteration of the step 1, a fifth in each of a quarter.
        AreClose(z + (x - z) * Math.Pow(0.5, 16), network.LinearizedAdmm(x, z));
        AreClose(z + (x - z) * Math.Pow(0.5, 16), network.ChambollePock(x, z));
        AreClose(z + (x - z) * Math.Pow(0.8, 16), network.ChambollePockByStep(x, z));
        var (u, v) = network.Saddle(x, y);
        AreClose(x, u);
        AreClose(y, v);
        // One block of zeros: the other has the step 1 in its place, and then moves.
        (u, v) = network.Palm(x[0], 0 * x[0], z[0]);
        AreClose(z[0], u * v);
        (u, v) = network.IPalm(0 * x[0], 0 * x[0], z[0]);
        AreAll(0, u);
        AreAll(0, v);
        var g = network.LossGradient(x, y, z);
        foreach (var gradient in new[] { g.X, g.Y, g.Z, g.A, g.B, g.Kernel })
            Assert.All(gradient.To(DType.Float64).ToArray<double>(), slope => Assert.True(double.IsFinite(slope)));
    }

    private static void Near(Tensor expected, Tensor actual) => Assert.All((expected - actual).To(DType.Float64).ToArray<double>(), v => Assert.Equal(0, v, 1e-5));

    /// <summary>A matrix of which the largest singular value is known: twice as large, the same numbers are too long a step.</summary>
    [Theory]
    [InlineData(false, DType.Float32)]
    [InlineData(false, DType.Float64)]
    [InlineData(true, DType.Float32)]
    public void AGivenStepIsHeldAgainstTheData(bool isCompiled, DType type)
    {
        var network = Network(isCompiled, type);
        Tensor x = Random(1, type, Batch, N), y = Random(2, type, Batch, M), z = Random(3, type, Batch, N);
        var singular = Svd(Transpose(network.A)).S.To(DType.Float64).ToArray<double>()[0];
        var before = network.A.To(DType.Float64).ToArray<double>();
        // The square of the norm is the Lipschitz constant.
        void Scale(double lipschitz)
        {
            for (var i = 0; i < before.Length; i++)
            {
                var value = before[i] * Math.Sqrt(lipschitz) / singular;
                if (type == DType.Float64) network.A.AsSpan<double>()[i] = value;
                else network.A.AsSpan<float>()[i] = (float)value;
            }
        }

        void Refuses(double right, double wrong, string words, Func<Tensor> call)
        {
            Scale(right);
            Assert.All(call().To(DType.Float64).ToArray<double>(), v => Assert.True(double.IsFinite(v)));
            Scale(wrong);
            var message = Assert.Throws<ArgumentException>(call).Message;
            Assert.StartsWith(words, message, StringComparison.Ordinal);
            Assert.EndsWith("and the step is 0.1.", message, StringComparison.Ordinal);
        }

        Refuses(19, 30, "Ista converges for steps below 2/L = 0.0", () => network.IstaByStep(x, y));
        Refuses(19, 30, "Ista converges for steps below 2/L = 0.0", () => network.BoxedByStep(x, y));
        Refuses(19, 30, "Ista converges for steps below 2/L", () => network.SearchByStep(x, y));
        Refuses(19, 30, "Ista converges for steps below 2/L = 0.0", () => network.GradientByStep(x, y).A);
        Refuses(9.9, 20, "Fista converges for steps up to 1/L = 0.0", () => network.FistaByStep(x, y));
        Refuses(19, 40, "DavisYin converges for steps below 2/L = 0.0", () => network.DavisYinByStep(x, y));
        Refuses(9.9, 20, "Extragradient converges for steps below 1/L = 0.0", () => network.ExtragradientByStep(x, y));
        Refuses(80, 200, "Extragradient converges for steps below 1/L = 0.0", () => network.SaddleByStep(x, y).U);
        Refuses(18, 21, "CondatVu converges for steps below 2/L = 0.0", () => network.CondatVuByStep(x, y));
        Refuses(0.1, 8, "Ista converges for steps below 2/L = ", () => network.FourthByStep(x, y));
        var large = 10 * Random(4, type, N);
        Assert.StartsWith("Palm converges for steps below 2/L", Assert.Throws<ArgumentException>(() => network.PalmByStep(large, large, z[0])).Message, StringComparison.Ordinal);
        var (u, v) = network.PalmByStep(Tanh(large), Tanh(z[1]), z[0] / 10);
        Assert.All((u * v).To(DType.Float64).ToArray<double>(), value => Assert.True(double.IsFinite(value)));
        // What is no number stays none, and is no matter of the step.
        Scale(19);
        Assert.All(network.IstaByStep(x, y * double.NaN).To(DType.Float64).ToArray<double>(), value => Assert.True(double.IsNaN(value)));
        Fill(network.Kernel, 0);
        Near(Sign(x) * Relu(Abs(x) - 1), network.DeblurredByStep(x, z));
        Fill(network.Kernel, 3);
        Assert.StartsWith("Ista converges for steps below 2/L = 0.0", Assert.Throws<ArgumentException>(() => network.DeblurredByStep(x, z)).Message, StringComparison.Ordinal);
    }

    /// <summary>A device gives the host the numbers to judge by, and torch gets the exception before there is a graph.</summary>
    [Fact]
    public void OtherTargetsRefuseTheStepToo()
    {
        Tensor x = Random(1, DType.Float32, Batch, N), y = Random(2, DType.Float32, Batch, M);
        var gpu = new MeasuredSteps.Gpu(OpenClDevice.Accelerator, M, N);
        using var torch = new MeasuredSteps.Torch(M, N);
        foreach (var (network, call) in new (Network, Action)[]
        {
            (gpu, () => gpu.IstaByStep(x, y)), (gpu, () => gpu.CondatVuByStep(x, y)),
            (torch.Inner, () => torch.IstaByStep(x.ToTorch(), y.ToTorch())), (torch.Inner, () => torch.CondatVuByStep(x.ToTorch(), y.ToTorch())),
        })
        {
            var matrix = network.Parameters.Single(parameter => parameter.Name == "A").Value;
            Fill(matrix, 0.1);
            call();
            Fill(matrix, 2);
            Assert.Contains("and the step is 0.1.", Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
        }
    }
}
