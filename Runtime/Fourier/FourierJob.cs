using System.Numerics;
using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>Transforms blocks of lines. In the workspace value k of a block is a vector of real parts and one of imaginary parts, a line in each lane.</summary>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="T">Its element, in which is computed.</typeparam>
/// <typeparam name="M">The element in memory.</typeparam>
internal unsafe struct FourierJob<V, T, M> : IJob
    where V : unmanaged, ILane<V, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where M : unmanaged, IFloatingPointIeee754<M>
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private M* _x, _result;
    private nint _batch, _before, _n, _after;
    private FourierKind _kind;

    private static nint Width => V.Count;

    /// <summary>From one value of a block to the next.</summary>
    private static nint Step => 2 * V.Count;

    private readonly bool IsReal => _kind is FourierKind.FromReal or FourierKind.ToReal;

    private readonly nint Rows => _batch * _before;

    /// <summary>Blocks of adjacent lines in a row. Of a few rows the last block ends with the row, over lines that another has too; of more the lines that are left over make blocks of their own.</summary>
    private readonly nint Across => Rows < 4 && _after > Width ? (_after + Width - 1) / Width : _after / Width;

    /// <summary>The lines of a row that are left over.</summary>
    private readonly nint Rest => nint.Max(_after - Across * Width, 0);

    private readonly nint Blocks => Rows * Across + (Rows * Rest + Width - 1) / Width;

    public static void Dispatch(M* x, M* result, nint batch, nint before, nint n, nint after, FourierKind kind)
    {
        if (n == 0) return;
        var job = new FourierJob<V, T, M> { _x = x, _result = result, _batch = batch, _before = before, _n = n, _after = after, _kind = kind };
        WorkerPool.Run(ref job, job.Blocks, 8 * n * (BitOperations.Log2((nuint)n) + 2));
    }

    public readonly void Run(nint begin, nint end)
    {
        // A real line of even length is a complex one of half the length.
        var isHalved = IsReal && _n % 2 == 0;
        var plan = FourierPlan<T>.Of(isHalved ? _n / 2 : _n);
        var buffer = ((plan.Convolution ?? plan).Length + 1) * Step;
        var a = (T*)Workspace.Reserve(2 * buffer * sizeof(T) + Width * sizeof(long));
        var b = a + buffer;
        var lines = (long*)(b + buffer);
        for (var block = begin; block < end; block++)
        {
            if (_kind == FourierKind.FromReal) FromReal(plan, isHalved, block, a, b, lines);
            else if (_kind == FourierKind.ToReal) ToReal(plan, isHalved, block, a, b, lines);
            else Complex(plan, block, a, b, lines);
        }
    }

    private readonly void Complex(FourierPlan<T> plan, nint block, T* a, T* b, long* lines)
    {
        // The inverse is the transform with the parts exchanged, before and after.
        var (real, imaginary) = _kind == FourierKind.Inverse ? (Width, (nint)0) : (0, Width);
        var plane = _before * _n * _after;
        var at = Locate(block, _n, 2 * plane, lines);
        Read(a + real, Step, _x + at, _n, lines);
        Read(a + imaginary, Step, _x + at + plane, _n, lines);
        var done = Transform(plan, a, b);
        Write(_result + at, done + real, Step, _n, lines);
        Write(_result + at + plane, done + imaginary, Step, _n, lines);
    }

    private readonly void FromReal(FourierPlan<T> plan, bool isHalved, nint block, T* a, T* b, long* lines)
    {
        nint half = _n / 2 + 1, plane = _before * half * _after;
        var from = _x + Locate(block, _n, _before * _n * _after, lines);
        T* done;
        if (isHalved)
        {
            Read(a, Width, from, _n, lines);
            var pairs = Transform(plan, a, b);
            done = pairs == a ? b : a;
            Separate(done, pairs, plan.Turns, _n / 2);
        }
        else
        {
            Read(a, Step, from, _n, lines);
            for (nint k = 0; k < _n; k++) V.Store(a + k * Step + Width, V.Broadcast(T.Zero));
            done = Transform(plan, a, b);
        }
        var to = _result + Locate(block, half, 2 * plane, lines);
        Write(to, done, Step, half, lines);
        Write(to + plane, done + Width, Step, half, lines);
    }

    private readonly void ToReal(FourierPlan<T> plan, bool isHalved, nint block, T* a, T* b, long* lines)
    {
        nint half = _n / 2 + 1, plane = _before * half * _after;
        var from = _x + Locate(block, half, 2 * plane, lines);
        Read(b, Step, from, half, lines);
        Read(b + Width, Step, from + plane, half, lines);
        // The inverse is the transform of the values in reverse order.
        if (isHalved) Combine(a, b, plan.Turns, _n / 2);
        else Complete(a, b, _n);
        var done = Transform(plan, a, b);
        Write(_result + Locate(block, _n, _before * _n * _after, lines), done, isHalved ? Width : Step, _n, lines);
    }

    // ---- Between memory and the workspace ----

    /// <summary>
    /// Where the lines of a block begin: of adjacent ones the first, and no offsets (the first is -1); of the others, that are left over in each row, from the result the offset of each.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <param name="length">The length of lines.</param>
    /// <param name="item">From one item to the next.</param>
    /// <param name="lines">Receives the offsets.</param>
    private readonly nint Locate(nint block, nint length, nint item, long* lines)
    {
        nint across = Across, rest = Rest;
        if (block < Rows * across)
        {
            lines[0] = -1;
            return Start(block / across, nint.Min(block % across * Width, _after - Width), length, item);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            // Lanes without a line repeat the last one.
            var line = nint.Min((block - Rows * across) * Width + lane, Rows * rest - 1);
            lines[lane] = Start(line / rest, across * Width + line % rest, length, item);
        }
        return 0;
    }

    private readonly nint Start(nint row, nint column, nint length, nint item) => row / _before * item + row % _before * length * _after + column;

    [MethodImpl(Hot)]
    private readonly void Read(T* to, nint step, M* from, nint count, long* lines)
    {
        nint done = 0;
        if (typeof(T) == typeof(M))
        {
            if (lines[0] < 0)
            {
                for (nint k = 0; k < count; k++) V.Store(to + k * step, V.Load((T*)from + k * _after));
                return;
            }
            if (_after == 1) done = Transposition<V, T>.Gather(to, step, (T*)from, lines, count);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            var line = from + (lines[0] < 0 ? lane : lines[lane]);
            for (var k = done; k < count; k++) to[k * step + lane] = T.CreateTruncating(line[k * _after]);
        }
    }

    [MethodImpl(Hot)]
    private readonly void Write(M* to, T* from, nint step, nint count, long* lines)
    {
        nint done = 0;
        if (typeof(T) == typeof(M))
        {
            if (lines[0] < 0)
            {
                for (nint k = 0; k < count; k++) V.Store((T*)to + k * _after, V.Load(from + k * step));
                return;
            }
            if (_after == 1) done = Transposition<V, T>.Scatter((T*)to, lines, from, step, count);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            var line = to + (lines[0] < 0 ? lane : lines[lane]);
            for (var k = done; k < count; k++) line[k * _after] = M.CreateTruncating(from[k * step + lane]);
        }
    }

    // ---- Real lines ----

    /// <summary>From the transform z of the pairs (x(2j), x(2j+1)) the first half of that of x: x(k) = (z(k) + conj z(m-k) - i t(k) (z(k) - conj z(m-k)))/2 with m = n/2.</summary>
    [MethodImpl(Hot)]
    private static void Separate(T* to, T* z, T* turns, nint m)
    {
        var half = V.Broadcast(T.CreateTruncating(0.5));
        for (nint k = 0; k <= m; k++)
        {
            T* p = z + (k == m ? 0 : k) * Step, q = z + (k == 0 ? 0 : m - k) * Step;
            V c = V.Broadcast(turns[2 * k]), s = V.Broadcast(turns[2 * k + 1]), pRe = V.Load(p), pIm = V.Load(p + Width), qRe = V.Load(q), qIm = V.Load(q + Width);
            V re = pRe - qRe, im = pIm + qIm;
            Put(to + k * Step, half * (pRe + qRe + V.MultiplyAdd(c, im, s * re)), half * (pIm - qIm - V.MultiplyAdd(-s, im, c * re)));
        }
    }

    /// <summary>The way back, in reverse order and twice as much: z(k) = x(k) + conj x(m-k) + i conj t(k) (x(k) - conj x(m-k)).</summary>
    [MethodImpl(Hot)]
    private static void Combine(T* to, T* x, T* turns, nint m)
    {
        for (nint k = 0; k < m; k++)
        {
            T* p = x + k * Step, q = x + (m - k) * Step;
            V c = V.Broadcast(turns[2 * k]), s = V.Broadcast(turns[2 * k + 1]), pRe = V.Load(p), pIm = V.Load(p + Width), qRe = V.Load(q), qIm = V.Load(q + Width);
            if (k == 0) pIm = qIm = V.Broadcast(T.Zero);
            V re = pRe - qRe, im = pIm + qIm;
            Put(to + (k == 0 ? 0 : m - k) * Step, pRe + qRe + V.MultiplyAdd(s, re, -c * im), pIm - qIm + V.MultiplyAdd(c, re, s * im));
        }
    }

    /// <summary>All values from the first half, in reverse order.</summary>
    [MethodImpl(Hot)]
    private static void Complete(T* to, T* x, nint n)
    {
        Put(to, V.Load(x), V.Broadcast(T.Zero));
        for (nint k = 1; 2 * k < n; k++)
        {
            V re = V.Load(x + k * Step), im = V.Load(x + k * Step + Width);
            Put(to + (n - k) * Step, re, im);
            Put(to + k * Step, re, -im);
        }
    }

    // ---- The transform of a block ----

    /// <summary>Transforms the block in a with the help of b; answers in which of the two the result is.</summary>
    private static T* Transform(FourierPlan<T> plan, T* a, T* b)
    {
        if (plan.Convolution is { } convolution)
        {
            var n = plan.Length;
            Multiply(a, plan.Chirp, n, conjugate: false);
            for (var k = n * Step; k < convolution.Length * Step; k += Width) V.Store(a + k, V.Broadcast(T.Zero));
            var spectrum = Transform(convolution, a, b);
            // The inverse is the conjugate of the transform of the conjugates.
            Multiply(spectrum, plan.Kernel, convolution.Length, conjugate: true);
            var result = Transform(convolution, spectrum, spectrum == a ? b : a);
            MultiplyConjugate(result, plan.Chirp, n);
            return result;
        }
        T* roots = plan.Roots, units = plan.Stages;
        nint length = plan.Length, stride = 1;
        foreach (var radix in plan.Factors)
        {
            var parts = length / radix;
            if (radix == 4) Four(b, a, parts, stride, roots);
            else if (radix == 2) Two(b, a, parts, stride, roots);
            else Odd(b, a, radix, parts, stride, roots, units);
            roots += 2 * parts * (radix - 1);
            units += 2 * radix;
            (length, stride) = (parts, stride * radix);
            var done = b;
            b = a;
            a = done;
        }
        return a;
    }

    [MethodImpl(Hot)]
    private static void Four(T* to, T* from, nint parts, nint stride, T* roots)
    {
        var (leap, row) = (parts * stride * Step, stride * Step);
        for (nint p = 0; p < parts; p++, roots += 6, from += row, to += 4 * row)
        {
            V c1 = V.Broadcast(roots[0]), s1 = V.Broadcast(roots[1]), c2 = V.Broadcast(roots[2]), s2 = V.Broadcast(roots[3]), c3 = V.Broadcast(roots[4]), s3 = V.Broadcast(roots[5]);
            for (nint q = 0; q < row; q += Step)
            {
                T* x = from + q, y = to + q;
                V aRe = V.Load(x), aIm = V.Load(x + Width), bRe = V.Load(x + leap), bIm = V.Load(x + leap + Width);
                V cRe = V.Load(x + 2 * leap), cIm = V.Load(x + 2 * leap + Width), dRe = V.Load(x + 3 * leap), dIm = V.Load(x + 3 * leap + Width);
                V sumRe = aRe + cRe, sumIm = aIm + cIm, otherRe = bRe + dRe, otherIm = bIm + dIm;
                V.Store(y, sumRe + otherRe);
                V.Store(y + Width, sumIm + otherIm);
                V re2 = sumRe - otherRe, im2 = sumIm - otherIm;
                sumRe = aRe - cRe;
                sumIm = aIm - cIm;
                otherRe = bRe - dRe;
                otherIm = bIm - dIm;
                V re1 = sumRe + otherIm, im1 = sumIm - otherRe, re3 = sumRe - otherIm, im3 = sumIm + otherRe;
                if (p == 0)
                {
                    Put(y + row, re1, im1);
                    Put(y + 2 * row, re2, im2);
                    Put(y + 3 * row, re3, im3);
                    continue;
                }
                Put(y + row, re1, im1, c1, s1);
                Put(y + 2 * row, re2, im2, c2, s2);
                Put(y + 3 * row, re3, im3, c3, s3);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void Two(T* to, T* from, nint parts, nint stride, T* roots)
    {
        var (leap, row) = (parts * stride * Step, stride * Step);
        for (nint p = 0; p < parts; p++, roots += 2, from += row, to += 2 * row)
        {
            V c = V.Broadcast(roots[0]), s = V.Broadcast(roots[1]);
            for (nint q = 0; q < row; q += Step)
            {
                V aRe = V.Load(from + q), aIm = V.Load(from + q + Width), bRe = V.Load(from + q + leap), bIm = V.Load(from + q + leap + Width);
                Put(to + q, aRe + bRe, aIm + bIm);
                if (p == 0) Put(to + q + row, aRe - bRe, aIm - bIm);
                else Put(to + q + row, aRe - bRe, aIm - bIm, c, s);
            }
        }
    }

    /// <summary>A radix of any size, by the sums that define it.</summary>
    [MethodImpl(Hot)]
    private static void Odd(T* to, T* from, int radix, nint parts, nint stride, T* roots, T* units)
    {
        var (leap, row) = (parts * stride * Step, stride * Step);
        for (nint p = 0; p < parts; p++, roots += 2 * (radix - 1), from += row, to += radix * row)
        {
            for (nint q = 0; q < row; q += Step)
            {
                for (var j = 0; j < radix; j++)
                {
                    V re = V.Load(from + q), im = V.Load(from + q + Width);
                    var unit = 0;
                    for (var k = 1; k < radix; k++)
                    {
                        unit += j;
                        if (unit >= radix) unit -= radix;
                        V c = V.Broadcast(units[2 * unit]), s = V.Broadcast(units[2 * unit + 1]), xRe = V.Load(from + q + k * leap), xIm = V.Load(from + q + k * leap + Width);
                        re = V.MultiplyAdd(xRe, c, V.MultiplyAdd(-xIm, s, re));
                        im = V.MultiplyAdd(xRe, s, V.MultiplyAdd(xIm, c, im));
                    }
                    if (p == 0 || j == 0) Put(to + q + j * row, re, im);
                    else Put(to + q + j * row, re, im, V.Broadcast(roots[2 * (j - 1)]), V.Broadcast(roots[2 * (j - 1) + 1]));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* to, V re, V im)
    {
        V.Store(to, re);
        V.Store(to + Width, im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* to, V re, V im, V cos, V sin) => Put(to, V.MultiplyAdd(-im, sin, re * cos), V.MultiplyAdd(im, cos, re * sin));

    /// <summary>Products with a table; their conjugates where asked for.</summary>
    private static void Multiply(T* x, T* table, nint count, bool conjugate)
    {
        for (nint k = 0; k < count; k++, x += Step)
        {
            V re = V.Load(x), im = V.Load(x + Width), c = V.Broadcast(table[2 * k]), s = V.Broadcast(table[2 * k + 1]);
            var product = V.MultiplyAdd(im, c, re * s);
            Put(x, V.MultiplyAdd(-im, s, re * c), conjugate ? -product : product);
        }
    }

    /// <summary>Products of the conjugates with a table.</summary>
    private static void MultiplyConjugate(T* x, T* table, nint count)
    {
        for (nint k = 0; k < count; k++, x += Step)
            Put(x, V.Load(x), -V.Load(x + Width), V.Broadcast(table[2 * k]), V.Broadcast(table[2 * k + 1]));
    }
}
