namespace Proxima.Runtime;

public static partial class Routines
{
    /// <summary>0 where a step is short enough, NaN where it is too long.</summary>
    /// <param name="x">A Lipschitz constant, the step, and how many times the inverse of the constant the step may be.</param>
    /// <param name="result">Where the number goes.</param>
    /// <param name="algorithm">The <see cref="Algorithm"/> that takes the step.</param>
    /// <param name="isReached">Whether the longest step is allowed itself.</param>
    /// <param name="kind">0: the constant is a bound; 1: it is what a gradient showed; 2: it bounds the curvature relative to that of -Σ log x.</param>
    public static void StepCheck<X, R>(X x, R result, long algorithm, long isReached, long kind) where X : struct, IMemory where R : struct, IMemory =>
        result[0] = IsTooLong(x[0], x[1], x[2], isReached, kind) ? double.NaN : 0;

    // What was seen has the errors of differences.
    private static bool IsTooLong(double lipschitz, double step, double most, long isReached, long kind) =>
        kind == 1 ? lipschitz * step > 1.01 * most : isReached != 0 ? lipschitz * step > most : lipschitz * step >= most;

    /// <summary>Refuses a step that <see cref="StepCheck"/> finds too long.</summary>
    /// <exception cref="ArgumentException">The step is too long.</exception>
    public static void RequireStep(double lipschitz, double step, double most, long algorithm, long isReached, long kind)
    {
        if (!IsTooLong(lipschitz, step, most, isReached, kind)) return;
        var bound = FormattableString.Invariant($"{(isReached != 0 ? "up to" : "below")} {most:G4}/L = {most / lipschitz:G6}");
        if (double.IsPositiveInfinity(lipschitz))
            throw new ArgumentException(FormattableString.Invariant($"{(Algorithm)algorithm} converges for steps {(isReached != 0 ? "up to" : "below")} {most:G4}/L, where L is the Lipschitz constant of the gradient of the smooth function; its iterates overflowed, and the step is {step:G6}."));
        var meaning = kind switch
        {
            1 => "is what the gradient of the smooth function changed by along the last move, over its length",
            2 => "bounds the curvature of the smooth function relative to that of -Σ log x",
            _ => "bounds the Lipschitz constant of the gradient of the smooth function",
        };
        var constant = FormattableString.Invariant($"L = {lipschitz:G6} {meaning}");
        throw new ArgumentException(FormattableString.Invariant($"{(Algorithm)algorithm} converges for steps {bound}, where {constant}, and the step is {step:G6}."));
    }
}
