using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;

namespace Proxima.Generator.Targets.Gpu;

/// <summary>C# that ILGPU compiles: views indexed by <c>long</c>, functions from <c>GpuMath</c>, truth values stored as bytes.</summary>
internal sealed class GpuDialect() : ScalarDialect("GpuMath")
{
    protected override string Element(string place, DType dtype) => dtype == DType.Bool ? $"({place} != 0)" : place;

    public override string Operation(Expr expr, IReadOnlyList<string> x, string? axis) => expr.Op switch
    {
        // What a device makes of a NaN or of a number that is too large is its own choice; C# saturates.
        Op.Cast when expr.DType == DType.Int64 && expr.Inputs[0].DType is DType.Float32 or DType.Float64 => $"GpuMath.ToInt64({ExprPrinter.Strip(x[0])})",
        _ => base.Operation(expr, x, axis),
    };

    /// <summary>The element type of a buffer on the device.</summary>
    public static string Element(DType dtype) => dtype == DType.Bool ? "byte" : dtype.CSharp();

    /// <summary>The statement that writes a value to memory.</summary>
    public static string Store(StoreStatement store, string value)
    {
        var place = $"{store.Target.Buffer.Name}[{store.Target.Offset.ToCSharp()}]";
        if (store.Target.Buffer.DType == DType.Bool) return $"{place} = {value} ? (byte)1 : (byte)0;";
        return Store(place, store.Combine, ExprPrinter.Strip(value), "GpuMath");
    }
}
