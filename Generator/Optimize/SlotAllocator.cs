using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>
/// Gives every temporary a slot of the arena. A slot is free again after the last step that touches its buffer; buffers of equal size (as formulas)
/// then share it. A buffer that only one iteration of a loop needs is allocated inside that loop. Tables are kept: they share with nobody, and come first.
/// </summary>
internal static class SlotAllocator
{
    /// <param name="tables">How many of the steps fill tables.</param>
    public static (ImmutableArray<Dim> Slots, int Kept) Run(ImmutableArray<Step> steps, int tables, IEnumerable<Buffer> buffers)
    {
        var slots = ImmutableArray.CreateBuilder<Dim>();
        var free = new Dictionary<string, Stack<int>>(StringComparer.Ordinal);
        foreach (var table in steps.Take(tables).SelectMany(step => step.Writes()).Select(access => access.Buffer).Distinct())
        {
            table.Slot = slots.Count;
            slots.Add(table.Bytes);
        }
        var kept = slots.Count;
        Allocate(steps, isRepeated: false, [.. buffers.Where(b => b.Kind == BufferKind.Temporary && b.Slot < 0)], slots, free);
        return (slots.ToImmutable(), kept);
    }

    private static HashSet<Buffer> Touched(Step step) => [.. step.Reads().Concat(step.Writes()).Select(access => access.Buffer)];

    private static void Allocate(ImmutableArray<Step> steps, bool isRepeated, HashSet<Buffer> pending, ImmutableArray<Dim>.Builder slots, Dictionary<string, Stack<int>> free)
    {
        var first = new Dictionary<Buffer, int>();
        var last = new Dictionary<Buffer, int>();
        for (var i = 0; i < steps.Length; i++)
        {
            foreach (var buffer in Touched(steps[i]))
            {
                if (!pending.Contains(buffer)) continue;
                if (!first.ContainsKey(buffer)) first[buffer] = i;
                last[buffer] = i;
            }
        }
        // Buffers that a loop exchanges may lie in either slot afterwards, and before it too where the loop is entered again: they live and die together.
        foreach (var (current, next) in steps.OfType<LoopStep>().SelectMany(step => step.Swaps))
        {
            if (!last.ContainsKey(current) || !last.ContainsKey(next)) continue;
            last[current] = last[next] = Math.Max(last[current], last[next]);
            if (isRepeated) first[current] = first[next] = Math.Min(first[current], first[next]);
        }
        for (var i = 0; i < steps.Length; i++)
        {
            var loop = steps[i] as LoopStep;
            var swapped = loop is null ? [] : loop.Swaps.SelectMany(s => new[] { s.Current, s.Next }).ToArray();
            foreach (var buffer in first.Keys.Where(b => first[b] == i).OrderBy(b => b.Name, StringComparer.Ordinal))
            {
                // Used by this loop alone and not from one iteration to the next: its iterations own it.
                if (loop is not null && last[buffer] == i && !swapped.Contains(buffer)) continue;
                pending.Remove(buffer);
                var bytes = buffer.Bytes;
                if (free.TryGetValue(bytes.ToString(), out var reusable) && reusable.Count > 0) buffer.Slot = reusable.Pop();
                else
                {
                    buffer.Slot = slots.Count;
                    slots.Add(bytes);
                }
            }
            if (loop is not null) Allocate(loop.Body, isRepeated: true, pending, slots, free);
            foreach (var buffer in last.Keys.Where(b => last[b] == i && b.Slot >= 0 && first.ContainsKey(b)).OrderBy(b => b.Name, StringComparer.Ordinal))
            {
                if (loop is not null && first[buffer] == i && !swapped.Contains(buffer)) continue;
                var key = buffer.Bytes.ToString();
                if (!free.TryGetValue(key, out var reusable)) free[key] = reusable = new();
                reusable.Push(buffer.Slot);
            }
        }
    }
}
