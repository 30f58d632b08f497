using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Proxima.Torch;

/// <summary>Conversions between Proxima and torch tensors that share the memory.</summary>
public static class TorchConversions
{
    // Proxima tensors whose memory torch holds, by address. libtorch gives its deleter nothing but the address, and one address may have been
    // handed out several times; any of its owners will do to keep it alive.
    private static readonly Dictionary<nint, List<Tensor>> s_lent = [];

    static TorchConversions() => torch.InitializeDeviceType(DeviceType.CPU); // loads the native libraries

    /// <summary>A torch tensor over the same memory, which stays valid for as long as torch uses it.</summary>
    /// <remarks>Values written on either side are seen on the other at once.</remarks>
    public static unsafe torch.Tensor ToTorch(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var sizes = stackalloc long[Math.Max(1, tensor.Rank)];
        for (var i = 0; i < tensor.Rank; i++)
            sizes[i] = tensor.Shape[i];
        var address = (nint)tensor.Pointer;
        lock (s_lent)
        {
            ref var owners = ref CollectionsMarshal.GetValueRefOrAddDefault(s_lent, address, out _);
            (owners ??= []).Add(tensor);
        }
        var type = (sbyte)TypeOf(tensor.DType);
        var handle = THSTensor_new(address, &Return, (nint)sizes, tensor.Rank, type, type, (int)DeviceType.CPU, -1, 0);
        if (handle == 0)
        {
            Forget(address);
            torch.CheckForErrors();
        }
        return torch.Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>
    /// A Proxima tensor over the same memory, which stays valid even when <paramref name="tensor"/> is disposed. Where the elements do not
    /// lie in row-major order, one after the other, it is a copy. The result has no part in torch's autograd.
    /// </summary>
    /// <exception cref="NotSupportedException">The tensor is not in the CPU's memory, is sparse, or has an element type other than float32, float64, int64 and bool.</exception>
    public static unsafe Tensor ToProxima(this torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var dtype = Check(tensor);
        var shape = ShapeOf(tensor);
        // A reference of its own to the memory, out of reach of the caller's Dispose and dispose scopes; its finalizer gives it back.
        var owner = tensor.detach();
        if (!owner.is_contiguous() || owner.is_neg())
        {
            using var view = owner;
            using var resolved = view.resolve_neg();
            owner = resolved.contiguous();
        }
        owner.DetachFromDisposeScope();
        return Tensor.FromPointer((void*)THSTensor_data(owner.Handle), dtype, owner, shape);
    }

    internal static torch.ScalarType TypeOf(DType dtype) => dtype switch
    {
        DType.Float32 => torch.ScalarType.Float32,
        DType.Float64 => torch.ScalarType.Float64,
        DType.Int64 => torch.ScalarType.Int64,
        _ => torch.ScalarType.Bool,
    };

    private static DType Check(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new NotSupportedException($"The torch tensor is on {tensor.device}; Proxima shares memory with the CPU only: call cpu() first.");
        if (tensor.is_sparse)
            throw new NotSupportedException("The torch tensor is sparse; Proxima's tensors are dense: call to_dense() first.");
        return tensor.dtype switch
        {
            torch.ScalarType.Float32 => DType.Float32,
            torch.ScalarType.Float64 => DType.Float64,
            torch.ScalarType.Int64 => DType.Int64,
            torch.ScalarType.Bool => DType.Bool,
            var other => throw new NotSupportedException($"The torch tensor holds {other}; Proxima's hold float32, float64, int64 or bool: convert it with to_type()."),
        };
    }

    private static int[] ShapeOf(torch.Tensor tensor)
    {
        var shape = new int[checked((int)tensor.dim())];
        for (var i = 0; i < shape.Length; i++)
        {
            var size = tensor.size(i);
            shape[i] = size <= int.MaxValue ? (int)size : throw new NotSupportedException($"Dimension {i} of the torch tensor has {size} elements; Proxima's have at most {int.MaxValue}.");
        }
        return shape;
    }

    private static void Forget(nint address)
    {
        lock (s_lent)
        {
            var owners = s_lent[address];
            owners.RemoveAt(owners.Count - 1);
            if (owners.Count == 0)
                s_lent.Remove(address);
        }
    }

    /// <summary>The number of loans of Proxima memory to torch that have not been returned.</summary>
    internal static int Lent
    {
        get
        {
            lock (s_lent)
                return s_lent.Values.Sum(owners => owners.Count);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(nint address) => Forget(address);

    // Functions of TorchSharp's own native library that it does not expose: torch::from_blob and Tensor::data_ptr (which, unlike the
    // storage's address, respects the offset of a view).
    [DllImport("LibTorchSharp")]
    private static extern unsafe nint THSTensor_new(
        nint data, delegate* unmanaged[Cdecl]<nint, void> deleter, nint sizes, int rank, sbyte type, sbyte requestedType, int device, int deviceIndex, byte requiresGrad);

    [DllImport("LibTorchSharp")]
    private static extern nint THSTensor_data(nint handle);
}
