using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;
using Xunit;

namespace Proxima.Tests;

/// <summary>
/// The OpenCL accelerator of the tests, PoCL on the CPU unless a real device comes first; tests that use it run one after another. ILGPU poisons its context when it
/// fails to compile a kernel: tests that provoke this take an accelerator of their own from <see cref="Create"/>.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OpenClDevice
{
    /// <summary>The name of the test collection that uses <see cref="Accelerator"/>.</summary>
    public const string Name = "OpenCL";

    private static readonly Lazy<Accelerator> s_accelerator = new(Create);

    static OpenClDevice()
        // Debian installs the loader without the development symlink libOpenCL.so that ILGPU asks for.
        => NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, assembly, path)
            => name.Contains("OpenCL") && NativeLibrary.TryLoad("libOpenCL.so.1", out var library) ? library : IntPtr.Zero);

    /// <summary>The accelerator of the collection <see cref="Name"/>.</summary>
    public static Accelerator Accelerator => s_accelerator.Value;

    /// <summary>A fresh context with its accelerator; disposing the accelerator's <c>Context</c> disposes both.</summary>
    /// <exception cref="InvalidOperationException">There is no OpenCL device.</exception>
    public static Accelerator Create()
    {
        // At O2 ILGPU infers address spaces, so that kernels need no generic pointers.
        var context = Context.Create(builder => builder.OpenCL(Admit).Optimize(OptimizationLevel.O2));
        var devices = context.GetCLDevices();
        if (devices.Count > 0)
            return devices[0].CreateAccelerator(context);
        context.Dispose();
        throw new InvalidOperationException(
            "The tests of the GPU target need an OpenCL device and found none; `bash test.sh` installs PoCL, "
            + "by hand it is `apt-get install pocl-opencl-icd ocl-icd-libopencl1`.");
    }

    /// <summary>
    /// PoCL 3.1 (Debian 12) runs our kernels but does not report generic pointers, without which ILGPU turns a device away, and reports a version
    /// of OpenCL C whose dialect it does not fully build. Both properties have internal setters only: hence reflection, here and nowhere else.
    /// </summary>
    private static bool Admit(CLDevice device)
    {
        if (!device.Capabilities.GenericAddressSpace)
        {
            Set(device.Capabilities, nameof(CLCapabilityContext.GenericAddressSpace), true);
            Set(device, nameof(CLDevice.DeviceVersion), CLDeviceVersion.CL20);
        }
        return true;
    }

    private static void Set(object target, string property, object value)
        => target.GetType().GetProperty(property, BindingFlags.Instance | BindingFlags.Public)!.GetSetMethod(nonPublic: true)!.Invoke(target, [value]);
}
