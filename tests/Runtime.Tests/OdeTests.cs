using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Fields whose flows are known: decay at a rate per element.</summary>
[Network]
public partial class KnownFlows(int n)
{
    [Parameter("n", Init = 0.5)] public partial Tensor Rate { get; }

    [return: Shape("b n")]
    public virtual Tensor Decay([Shape("b n")] Tensor y) => -(Rate * y);

    [Ode(of: nameof(Decay), Steps = 16, Backward = Backward.Adjoint)]
    public virtual partial Tensor Adjoint(Tensor y, Tensor end);

    [Ode(of: nameof(Decay), Steps = 16)]
    public virtual partial Tensor Kept(Tensor y, Tensor end);

    [Ode(of: nameof(Decay), Method = OdeMethod.DormandPrince, Steps = 64, Tolerance = 1e-5)]
    public virtual partial Tensor Chosen(Tensor y, Tensor end);

    [return: Shape("")]
    public virtual Tensor AdjointSum([Shape("b n")] Tensor y, [Shape("")] Tensor end) => Sum(Adjoint(y, end));

    [return: Shape("")]
    public virtual Tensor KeptSum([Shape("b n")] Tensor y, [Shape("")] Tensor end) => Sum(Kept(y, end));

    [return: Shape("")]
    public virtual Tensor ChosenSum([Shape("b n")] Tensor y, [Shape("")] Tensor end) => Sum(Chosen(y, end));

    [Gradient(of: nameof(AdjointSum), wrt: "Rate, y, end")]
    public virtual partial (Tensor Rate, Tensor Y, Tensor End) AdjointGradient(Tensor y, Tensor end);

    [Gradient(of: nameof(KeptSum), wrt: "Rate, y, end")]
    public virtual partial (Tensor Rate, Tensor Y, Tensor End) KeptGradient(Tensor y, Tensor end);

    // Lengths that are chosen are constants, so the end has no derivative.
    [Gradient(of: nameof(ChosenSum), wrt: "Rate, y")]
    public virtual partial (Tensor Rate, Tensor Y) ChosenGradient(Tensor y, Tensor end);
}

/// <summary>What <see cref="OdeAttribute"/> promises, against closed forms, on the reference and on the Cpu.</summary>
public sealed class OdeTests
{
    public static TheoryData<string, bool> Kinds => new() { { "Adjoint", false }, { "Adjoint", true }, { "Kept", false }, { "Kept", true }, { "Chosen", false }, { "Chosen", true } };

    [Theory, MemberData(nameof(Kinds))]
    public void DecayIsExponentialAndSoAreItsDerivatives(string kind, bool isCompiled)
    {
        KnownFlows net = isCompiled ? new KnownFlows.Cpu(3) : new KnownFlows(3);
        net.Rate.AsSpan<float>()[1] = 2;
        net.Rate.AsSpan<float>()[2] = -0.25f;
        Tensor y = Tensor.From([1f, -2f, 0.5f, 3f, 1f, -1f], 2, 3), end = Tensor.From([1.5f], 1);
        end = Reshape(end, []);
        var value = kind switch { "Adjoint" => net.Adjoint(y, end), "Kept" => net.Kept(y, end), _ => net.Chosen(y, end) };
        var (rate, slope, time) = kind switch { "Adjoint" => net.AdjointGradient(y, end), "Kept" => net.KeptGradient(y, end), _ => (net.ChosenGradient(y, end).Rate, net.ChosenGradient(y, end).Y, null) };
        double[] rates = [0.5, 2, -0.25];
        var byTime = 0.0;
        for (var j = 0; j < 3; j++)
        {
            var factor = Math.Exp(-rates[j] * 1.5);
            double a = y.AsSpan<float>()[j], b = y.AsSpan<float>()[3 + j];
            Assert.Equal(a * factor, value.AsSpan<float>()[j], 2e-4);
            Assert.Equal(factor, slope.AsSpan<float>()[j], 2e-4);
            Assert.Equal(-1.5 * (a + b) * factor, rate.AsSpan<float>()[j], 1e-3);
            byTime -= rates[j] * (a + b) * factor;
        }
        if (time is not null) Assert.Equal(byTime, (double)time, 1e-3);
    }
}
