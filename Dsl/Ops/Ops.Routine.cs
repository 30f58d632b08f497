using Proxima.Runtime;

namespace Proxima;

public static partial class Ops
{
    /// <summary>A routine of <see cref="Routines"/> for each item of a batch. Used by generated code.</summary>
    /// <param name="name">The routine.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="dtype">Its element type.</param>
    /// <param name="operands">The operands, all with the same leading dimensions.</param>
    /// <param name="numbers">What the routine takes behind the sizes.</param>
    public static unsafe Tensor Routine(string name, int[] shape, DType dtype, Tensor[] operands, int[] numbers)
    {
        var rank = name switch
        {
            "CumSum" or "LinearScan" or "LogCumSumExp" or "ArgCumMax" or "ArgSort" or "SearchSorted" or "TautString" or "PoolAdjacent" or "StepCheck" => 1,
            "Rfft" => 3,
            "Fft" or "Irfft" => 4,
            _ => 2,
        };
        var result = Tensor.Empty(dtype, shape);
        // An item of a Fourier transform has many lines; any other is one.
        var (before, length, after) = name switch
        {
            "Fft" or "Irfft" => (shape[^3], shape[^2], shape[^1]),
            "Rfft" => (shape[^3], operands[0].Shape[^2], shape[^1]),
            _ => (1, 1, 1),
        };
        var lines = (long)before * after;
        long n = operands[0].Shape[^rank], columns = operands[0].Shape[^1], m = operands[^1].Shape[^1];
        long first = 1, batch = Shapes.Length(operands[0].Shape[..^rank]);
        foreach (var size in operands[0].Shape[^rank..]) first *= size;
        var second = batch == 0 ? 0 : operands[^1].Length / batch;
        var each = batch == 0 ? 0 : result.Length / batch;
        var scratch = new double[WorkOf(name, n, columns, m, length)];
        fixed (double* pointer = scratch)
        {
            var work = new HostDouble(pointer);
            for (long at = 0; at < batch * lines; at++)
            {
                long item = at / lines, line = at % lines;
                AnyMemory a = new(operands[0], item * first), b = new(operands[^1], item * second), r = new(result, item * each);
                switch (name)
                {
                    case "CumSum": Routines.CumSum(a, r, n, numbers[0]); break;
                    case "LinearScan": Routines.LinearScan(a, b, r, n, numbers[0]); break;
                    case "LogCumSumExp": Routines.LogCumSumExp(a, r, work, n); break;
                    case "ArgCumMax": Routines.ArgCumMax(a, r, n, numbers[0]); break;
                    case "ArgSort": Routines.ArgSort(a, r, work, n, numbers[0]); break;
                    case "SearchSorted": Routines.SearchSorted(a, b, r, n, m, numbers[0], numbers[1]); break;
                    case "TautString": Routines.TautString(a, b, r, work, n); break;
                    case "PoolAdjacent": Routines.PoolAdjacent(a, r, work, n); break;
                    case "StepCheck":
                        Routines.RequireStep(a[0], a[1], a[2], numbers[0], numbers[1], numbers[2]);
                        Routines.StepCheck(a, r, numbers[0], numbers[1], numbers[2]);
                        break;
                    case "ActiveSet": Routines.ActiveSet(a, b, r, work, n); break;
                    case "Fft": Routines.Fft(a, r, work, line, before, length, after, numbers[0]); break;
                    case "Rfft": Routines.Rfft(a, r, work, line, before, length, after); break;
                    case "Irfft": Routines.Irfft(a, r, work, line, before, length, after); break;
                    case "Cholesky": Routines.Cholesky(a, r, work, n); break;
                    case "Solve": Routines.Solve(a, b, r, work, n, m); break;
                    case "TriangularSolve": Routines.TriangularSolve(a, b, r, work, n, m, numbers[0], numbers[1]); break;
                    case "SlogDet": Routines.SlogDet(a, r, work, n); break;
                    case "Qr": Routines.Qr(a, r, work, n, columns); break;
                    case "Eigh": Routines.Eigh(a, r, work, n); break;
                    case "Svd": Routines.Svd(a, r, work, n, columns); break;
                    case "MatrixExp": Routines.MatrixExp(a, r, work, n); break;
                    case "MatrixExpFrechet": Routines.MatrixExpFrechet(a, b, r, work, n); break;
                    default: throw new ArgumentException($"Routine: there is no {name}.");
                }
            }
        }
        GC.KeepAlive(operands);
        GC.KeepAlive(result);
        return result;
    }

    private static long WorkOf(string name, long n, long columns, long m, long length) => name switch
    {
        "ArgSort" => n,
        "TautString" => 8 * n,
        "PoolAdjacent" => 2 * n,
        "ActiveSet" => n * (n + 3),
        "Fft" or "Rfft" or "Irfft" => 20 * length + 8,
        "Cholesky" or "SlogDet" => n * n,
        "Solve" => n * (n + m),
        "TriangularSolve" => n * m,
        "Qr" => 2 * n * columns + columns,
        "Eigh" => 2 * n * n,
        "Svd" => columns * (n + columns + 1),
        "MatrixExp" => 3 * n * n,
        "MatrixExpFrechet" => 6 * n * n,
        _ => 1,
    };

    /// <summary>Memory of a tensor of any element type.</summary>
    private readonly unsafe struct AnyMemory(Tensor tensor, long offset) : IMemory
    {
        private readonly DType _dtype = tensor.DType;
        private readonly byte* _data = (byte*)tensor.Pointer + offset * (tensor.DType == DType.Float32 ? 4 : 8);

        public double this[long i]
        {
            get => _dtype == DType.Float32 ? ((float*)_data)[i] : _dtype == DType.Float64 ? ((double*)_data)[i] : ((long*)_data)[i];
            set
            {
                if (_dtype == DType.Float32) ((float*)_data)[i] = (float)value;
                else if (_dtype == DType.Float64) ((double*)_data)[i] = value;
                else ((long*)_data)[i] = (long)value;
            }
        }

        public long GetInteger(long i) => _dtype == DType.Int64 ? ((long*)_data)[i] : (long)this[i];

        public void SetInteger(long i, long value)
        {
            if (_dtype == DType.Int64) ((long*)_data)[i] = value;
            else this[i] = value;
        }

        public bool IsLess(long i, long j) =>
            _dtype == DType.Int64 ? ((long*)_data)[i] < ((long*)_data)[j] : this[i] < this[j] || (double.IsNaN(this[j]) && !double.IsNaN(this[i]));
    }
}
