using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Proxima.Tests;

/// <summary>ILGPU's CPU accelerator: it compiles a kernel in hundredths of a second, for which a driver needs tenths, and is slow to run it. Its groups have 4 work items.</summary>
public sealed class HostDevice : IDisposable
{
    private readonly Context _context = Context.Create(builder => builder.CPU());

    /// <summary>A context of its own with its accelerator.</summary>
    public HostDevice() => Accelerator = new CPUDevice(numThreadsPerWarp: 2, numWarpsPerMultiprocessor: 2, numMultiprocessors: 1).CreateCPUAccelerator(_context, CPUAcceleratorMode.Parallel);

    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();
}
