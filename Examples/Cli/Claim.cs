using System.Globalization;

namespace Proxima.Examples;

/// <summary>A statement that a run makes about itself, with the numbers to judge it by.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Measured">The value of this run.</param>
/// <param name="Baseline">The value without the method; null where there is none.</param>
/// <param name="Threshold">What the measured value must satisfy, in words.</param>
/// <param name="Holds">Whether it does. A NaN never does.</param>
/// <param name="Unit">The unit of all the numbers; may be empty.</param>
public sealed record Claim(string Name, double Measured, double? Baseline, string Threshold, bool Holds, string Unit)
{
    /// <summary>The claim that a value is not above a threshold.</summary>
    public static Claim AtMost(string name, double measured, double threshold, double? baseline = null, string unit = "") =>
        new(name, measured, baseline, $"<= {Text(threshold)}", measured <= threshold, unit);

    /// <summary>The claim that a value is not below a threshold.</summary>
    public static Claim AtLeast(string name, double measured, double threshold, double? baseline = null, string unit = "") =>
        new(name, measured, baseline, $">= {Text(threshold)}", measured >= threshold, unit);

    /// <summary>The claim that a value differs from a known one by no more than a tolerance.</summary>
    public static Claim Near(string name, double measured, double expected, double tolerance, double? baseline = null, string unit = "") =>
        new(name, measured, baseline, $"{Text(expected)} +- {Text(tolerance)}", Math.Abs(measured - expected) <= tolerance, unit);

    /// <summary>A number as the tables show it: the same on every machine.</summary>
    public static string Text(double value)
    {
        var size = Math.Abs(value);
        return value.ToString(size is 0 or (>= 0.01 and < 100_000) ? "0.###" : "0.##e+0", CultureInfo.InvariantCulture);
    }
}
