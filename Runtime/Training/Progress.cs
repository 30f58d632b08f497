namespace Proxima.Training;

/// <summary>Where a training run stands, for an <see cref="IProgress{T}"/>.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Steps">The steps planned; 0 if unknown.</param>
/// <param name="Loss">The latest loss.</param>
/// <param name="Elapsed">The time since the start.</param>
public readonly record struct Progress(int Step, int Steps, double Loss, TimeSpan Elapsed)
{
    /// <summary>The time that the remaining steps will take at the pace so far; null before the first step or without a plan.</summary>
    public TimeSpan? Remaining => Step > 0 && Steps > 0 ? Elapsed * ((double)Math.Max(Steps - Step, 0) / Step) : null;
}
