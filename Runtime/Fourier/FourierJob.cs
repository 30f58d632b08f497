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

    /// <summary>Blocks of an item: where as many lines as lanes are adjacent, of each of the rows before; else of all lines one after another.</summary>
    private readonly nint BlocksOfItem => _after >= Width ? _before * ((_after + Width - 1) / Width) : (_before * _after + Width - 1) / Width;

    public static void Dispatch(M* x, M* result, nint batch, nint before, nint n, nint after, FourierKind kind)
    {
        if (n == 0) return;
        var job = new FourierJob<V, T, M> { _x = x, _result = result, _batch = batch, _before = before, _n = n, _after = after, _kind = kind };
        var blocks = batch * job.BlocksOfItem;
        // A vector does as much as it has lanes; of real lines there are two in each.
        WorkerPool.Run(ref job, job.IsReal ? (blocks + 1) / 2 : blocks, 8 * n * (BitOperations.Log2((uint)Math.Min(n, int.MaxValue)) + 2));
    }

    public readonly void Run(nint begin, nint end)
    {
        var plan = FourierPlan<T>.Of(_n);
        var length = plan.Convolution?.Length ?? _n;
        var offsets = 2 * Width;
        var buffer = length * Step;
        var a = (T*)Workspace.Reserve((2 * buffer + Step) * sizeof(T) + 2 * offsets * sizeof(long));
        var b = a + buffer;
        var lines = (long*)(b + buffer);
        for (var unit = begin; unit < end; unit++)
        {
            if (IsReal) Real(plan, unit, a, b, lines);
            else Complex(plan, unit, a, b, lines);
        }
    }

    private readonly void Complex(FourierPlan<T> plan, nint block, T* a, T* b, long* lines)
    {
        // The inverse is the transform with the parts exchanged, before and after.
        var (real, imaginary) = _kind == FourierKind.Inverse ? (Width, (nint)0) : (0, Width);
        var plane = _before * _n * _after;
        var at = Locate(block, _n, 2 * plane, lines);
        Read(a + real, _x + at, _n, lines);
        Read(a + imaginary, _x + at + plane, _n, lines);
        var done = Transform(plan, a, b);
        Write(_result + at, done + real, _n, lines);
        Write(_result + at + plane, done + imaginary, _n, lines);
    }

    /// <summary>Two blocks of real lines as the real and the imaginary parts of one.</summary>
    private readonly void Real(FourierPlan<T> plan, nint unit, T* a, T* b, long* lines)
    {
        nint half = _n / 2 + 1, plane = _before * half * _after, item = _before * _n * _after;
        var first = 2 * unit;
        var hasSecond = first + 1 < _batch * BlocksOfItem;
        if (_kind == FourierKind.FromReal)
        {
            Read(a, _x + Locate(first, _n, item, lines), _n, lines);
            if (hasSecond) Read(a + Width, _x + Locate(first + 1, _n, item, lines), _n, lines);
            else Clear(a + Width, _n);
            var done = Transform(plan, a, b);
            var parts = done == a ? b : a;
            // Twice the parts of each line: z(k) + conj z(n-k) and -i (z(k) - conj z(n-k)), in the places of z(k) and of the other buffer.
            Separate(done, parts, _n);
            var at = Locate(first, half, 2 * plane, lines);
            Write(_result + at, parts, half, lines);
            Write(_result + at + plane, parts + Width, half, lines);
            if (!hasSecond) return;
            at = Locate(first + 1, half, 2 * plane, lines);
            Write(_result + at, done, half, lines);
            Write(_result + at + plane, done + Width, half, lines);
        }
        else
        {
            var at = Locate(first, half, 2 * plane, lines);
            Read(b, _x + at, half, lines);
            Read(b + Width, _x + at + plane, half, lines);
            if (hasSecond)
            {
                at = Locate(first + 1, half, 2 * plane, lines);
                Read(a, _x + at, half, lines);
                Read(a + Width, _x + at + plane, half, lines);
            }
            else
            {
                Clear(a, half);
                Clear(a + Width, half);
            }
            Combine(a, b, _n);
            var done = Transform(plan, a, b);
            Write(_result + Locate(first, _n, item, lines), done + Width, _n, lines);
            if (hasSecond) Write(_result + Locate(first + 1, _n, item, lines), done, _n, lines);
        }
    }

    // ---- Between memory and the workspace ----

    /// <summary>Where the lines of a block begin: the first at the result, the others at offsets from it, of which there are none where the lines are adjacent (the first then is -1).</summary>
    /// <param name="block">The block.</param>
    /// <param name="length">The length of lines.</param>
    /// <param name="item">From one item to the next.</param>
    /// <param name="lines">Receives the offsets.</param>
    private readonly nint Locate(nint block, nint length, nint item, long* lines)
    {
        var blocks = BlocksOfItem;
        var (index, inside) = (block / blocks, block % blocks);
        if (_after >= Width)
        {
            var across = (_after + Width - 1) / Width;
            lines[0] = -1;
            // The last block ends with the row.
            return index * item + inside / across * length * _after + nint.Min(inside % across * Width, _after - Width);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            // Lanes without a line repeat the last one.
            var line = nint.Min(inside * Width + lane, _before * _after - 1);
            lines[lane] = line / _after * length * _after + line % _after;
        }
        return index * item;
    }

    [MethodImpl(Hot)]
    private readonly void Read(T* to, M* from, nint count, long* lines)
    {
        nint done = 0;
        if (typeof(T) == typeof(M))
        {
            if (lines[0] < 0)
            {
                for (nint k = 0; k < count; k++) V.Store(to + k * Step, V.Load((T*)from + k * _after));
                return;
            }
            if (_after == 1) done = Transposition<V, T>.Gather(to, Step, (T*)from, lines, count);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            var line = from + (lines[0] < 0 ? lane : lines[lane]);
            for (var k = done; k < count; k++) to[k * Step + lane] = T.CreateTruncating(line[k * _after]);
        }
    }

    [MethodImpl(Hot)]
    private readonly void Write(M* to, T* from, nint count, long* lines)
    {
        nint done = 0;
        if (typeof(T) == typeof(M))
        {
            if (lines[0] < 0)
            {
                for (nint k = 0; k < count; k++) V.Store((T*)to + k * _after, V.Load(from + k * Step));
                return;
            }
            if (_after == 1) done = Transposition<V, T>.Scatter((T*)to, lines, from, Step, count);
        }
        for (nint lane = 0; lane < Width; lane++)
        {
            var line = to + (lines[0] < 0 ? lane : lines[lane]);
            for (var k = done; k < count; k++) line[k * _after] = M.CreateTruncating(from[k * Step + lane]);
        }
    }

    private static void Clear(T* to, nint count)
    {
        for (nint k = 0; k < count; k++) V.Store(to + k * Step, V.Broadcast(T.Zero));
    }

    // ---- Two real lines in one complex one ----

    /// <summary>From the transform z of x + iy those of x, to the other buffer, and of y, in place, each up to the middle.</summary>
    [MethodImpl(Hot)]
    private static void Separate(T* z, T* other, nint n)
    {
        var half = V.Broadcast(T.CreateTruncating(0.5));
        for (nint k = 0; 2 * k <= n; k++)
        {
            T* p = z + k * Step, q = z + (k == 0 ? 0 : n - k) * Step, x = other + k * Step;
            V re = V.Load(p), im = V.Load(p + Width), re1 = V.Load(q), im1 = V.Load(q + Width);
            V.Store(x, (re + re1) * half);
            V.Store(x + Width, (im - im1) * half);
            V.Store(p, (im + im1) * half);
            V.Store(p + Width, (re1 - re) * half);
        }
    }

    /// <summary>
    /// From the first halves of the transforms of y, in z, and of x, in the other buffer, that of x + iy, with the parts exchanged for the inverse: z(k) = x(k) + i y(k), z(n-k) = conj x(k) + i conj y(k).
    /// </summary>
    [MethodImpl(Hot)]
    private static void Combine(T* z, T* other, nint n)
    {
        for (nint k = 0; 2 * k <= n; k++)
        {
            T* p = z + k * Step, x = other + k * Step;
            V yRe = V.Load(p), yIm = V.Load(p + Width), xRe = V.Load(x), xIm = V.Load(x + Width);
            if (k == 0 || 2 * k == n) xIm = yIm = V.Broadcast(T.Zero);
            V.Store(p + Width, xRe - yIm);
            V.Store(p, xIm + yRe);
            if (k == 0) continue;
            var q = z + (n - k) * Step;
            V.Store(q + Width, xRe + yIm);
            V.Store(q, yRe - xIm);
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
