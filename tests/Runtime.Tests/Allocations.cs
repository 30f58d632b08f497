namespace Proxima.Tests;

/// <summary>What calls allocate on this thread: <c>while (allocations.Next()) Call();</c></summary>
/// <remarks>The call that allocates most is left out: now and then the runtime allocates for itself on whatever thread runs.</remarks>
internal struct Allocations
{
    private const int Calls = 10;

    private long _before, _sum, _most;
    private int _calls;

    /// <summary>What all calls but one have allocated.</summary>
    public readonly long Bytes => _sum - _most;

    /// <summary>Counts the call before, and says whether there is to be another.</summary>
    public bool Next()
    {
        var bytes = _calls > 0 ? GC.GetAllocatedBytesForCurrentThread() - _before : 0;
        (_sum, _most) = (_sum + bytes, Math.Max(_most, bytes));
        _before = GC.GetAllocatedBytesForCurrentThread();
        return _calls++ < Calls;
    }
}
