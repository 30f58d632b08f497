using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

/// <summary>Copies strips of a matrix into the order in which tiles read them.</summary>
/// <typeparam name="V">A vector.</typeparam>
/// <typeparam name="N">A narrow vector.</typeparam>
/// <typeparam name="T">The element.</typeparam>
internal static unsafe class Packing<V, N, T>
    where V : unmanaged, ILane<V, T>
    where N : unmanaged, ILane<N, T>
    where T : unmanaged
{
    private const int Ahead = 16;       // rows that are fetched ahead: they lie too far apart for the hardware to guess

    private const int MaxFetched = 1024;    // bytes of a row that are fetched ahead

    /// <summary>Elements that may be overwritten behind the last packed one.</summary>
    public const int Excess = 8;

    /// <summary>
    /// to[k · width + c] = from[k · row + c · column] for c below <paramref name="columns"/>. What follows in a packed row is left or overwritten.
    /// </summary>
    public static void Run(T* to, T* from, nint depth, nint columns, nint width, nint row, nint column)
    {
        if (column == 1)
            Copy(to, from, depth, columns, width, row);
        else if (typeof(T) == typeof(float) && Avx.IsSupported && row == 1)
            Transpose((float*)to, (float*)from, depth, columns, width, column);
        else
        {
            for (nint k0 = 0; k0 < depth; k0 += 16)         // sixteen rows at a time stay in the level-1 cache
            {
                var k1 = Math.Min(k0 + 16, depth);
                for (nint c = 0; c < columns; c++)
                {
                    for (var k = k0; k < k1; k++)
                        to[k * width + c] = from[k * row + c * column];
                }
            }
        }
    }

    /// <summary>The same of a part of a packed strip: nothing beside it is overwritten.</summary>
    public static void Gather(T* to, T* from, nint depth, nint columns, nint width, nint row, nint column)
    {
        // A few values are copied one by one: a call for each row would cost more.
        if (column == 1 && columns >= 8)
        {
            for (nint k = 0; k < depth; k++)
                Unsafe.CopyBlockUnaligned(to + k * width, from + k * row, (uint)(columns * sizeof(T)));
            return;
        }
        nint done = 0;
        if (typeof(T) == typeof(float) && Sse.IsSupported && row == 1)
            done = TransposeFloats((float*)to, (float*)from, depth, columns, width, column);
        for (nint k0 = 0; k0 < depth && done < columns; k0 += 16)         // sixteen rows at a time stay in the level-1 cache
        {
            var k1 = Math.Min(k0 + 16, depth);
            for (var c = done; c < columns; c++)
            {
                for (var k = k0; k < k1; k++)
                    to[k * width + c] = from[k * row + c * column];
            }
        }
    }

    /// <summary>
    /// A vector of each row, of which the first <paramref name="split"/> elements lie from <paramref name="first"/> on and the others from <paramref name="second"/> on, as if all did; so do
    /// the elements in between belong to the matrix.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Vectors(T* to, T* first, T* second, nint split, long* rows, nint depth, nint width)
    {
        if (first == second)
        {
            for (nint k = 0; k < depth; k++, to += width)
                V.Store(to, V.Load(first + rows[k]));
            return;
        }
        var mask = V.First(split);
        for (nint k = 0; k < depth; k++, to += width)
            V.Store(to, V.Select(mask, V.Load(first + rows[k]), V.Load(second + rows[k])));
    }

    /// <summary>Four rows that lie anywhere, as adjacent columns: to[k · width + c] = from[rows[c] + k].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows(T* to, T* from, long* rows, nint depth, nint width)
    {
        var (p0, p1, p2, p3) = ((nint)(from + rows[0]), (nint)(from + rows[1]), (nint)(from + rows[2]), (nint)(from + rows[3]));
        nint k = 0;
        if (typeof(T) == typeof(float) && Sse.IsSupported)
        {
            for (; k <= depth - 4; k += 4)
                Square((float*)to + k * width, width, (float*)p0 + k, (float*)p1 + k, (float*)p2 + k, (float*)p3 + k);
        }
        for (; k < depth; k++)
        {
            var target = to + k * width;
            (target[0], target[1], target[2], target[3]) = (((T*)p0)[k], ((T*)p1)[k], ((T*)p2)[k], ((T*)p3)[k]);
        }
    }

    /// <summary>Sends for rows that lie anywhere: no hardware guesses where.</summary>
    public static void Fetch(T* from, long* rows, nint first, nint end, nint depth)
    {
        if (!Sse.IsSupported || rows == null)
            return;
        var bytes = Math.Min(depth * sizeof(T), MaxFetched);
        for (; first < end; first++)
        {
            for (nint offset = 0; offset < bytes; offset += 64)
                Sse.Prefetch0((byte*)(from + rows[first]) + offset);
        }
    }

    /// <summary>The transpose of four adjacent values each of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* target, nint width, float* p0, float* p1, float* p2, float* p3)
    {
        var r0 = Sse.LoadVector128(p0);
        var r1 = Sse.LoadVector128(p1);
        var r2 = Sse.LoadVector128(p2);
        var r3 = Sse.LoadVector128(p3);
        var low01 = Sse.UnpackLow(r0, r1);
        var low23 = Sse.UnpackLow(r2, r3);
        var high01 = Sse.UnpackHigh(r0, r1);
        var high23 = Sse.UnpackHigh(r2, r3);
        Sse.Store(target, Sse.MoveLowToHigh(low01, low23));
        Sse.Store(target + width, Sse.MoveHighToLow(low23, low01));
        Sse.Store(target + 2 * width, Sse.MoveLowToHigh(high01, high23));
        Sse.Store(target + 3 * width, Sse.MoveHighToLow(high23, high01));
    }

    /// <summary>to[k · width + c] = from[k + c · stride] in squares of 4 x 4; answers how many columns are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static nint TransposeFloats(float* to, float* from, nint depth, nint columns, nint width, nint stride)
    {
        var done = columns / 4 * 4;
        for (nint k0 = 0; k0 < depth; k0 += 16)
        {
            var k1 = Math.Min(k0 + 16, depth);
            for (nint j = 0; j < done; j += 4)
            {
                var source = from + j * stride;
                var k = k0;
                for (; k <= k1 - 4; k += 4)
                    Square(to + k * width + j, width, source + k, source + stride + k, source + 2 * stride + k, source + 3 * stride + k);
                for (; k < k1; k++)
                {
                    for (var c = 0; c < 4; c++)
                        to[k * width + j + c] = source[c * stride + k];
                }
            }
        }
        return done;
    }

    /// <summary>Strips of some columns each, one after another, of rows with adjacent columns: to[s · strip · depth + k · strip + c] = from[k · row + s · strip + c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Strips(T* to, T* from, nint depth, nint columns, nint strip, nint row)
    {
        var next = strip * depth;
        for (nint k = 0; k < depth; k++)
        {
            var target = to + k * strip;
            nint c = 0;
            for (; c <= columns - strip; c += strip, target += next)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(from + Ahead * row + c);
                for (nint i = 0; i < strip - N.Count; i += N.Count)
                    N.Store(target + i, N.Load(from + c + i));
                N.Store(target + strip - N.Count, N.Load(from + c + strip - N.Count));
            }
            for (nint i = 0; c < columns; c++, i++)
                target[i] = from[c];
            from += row;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Copy(T* to, T* from, nint depth, nint columns, nint width, nint row)
    {
        for (; depth > 0; depth--)
        {
            if (Sse.IsSupported)
                Sse.Prefetch0(from + Ahead * row);
            nint c = 0;
            for (; c <= columns - V.Count; c += V.Count)
            {
                V.Store(to + c, V.Load(from + c));
                if (Sse.IsSupported)
                    Sse.Prefetch0(from + Ahead * row + c + V.Count - 1);
            }
            for (; c <= columns - N.Count; c += N.Count)
                N.Store(to + c, N.Load(from + c));
            for (; c < columns; c++)
                to[c] = from[c];
            to += width;
            from += row;
        }
    }

    /// <summary>Eight columns of four rows at a time, each column adjacent in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Transpose(float* to, float* from, nint depth, nint columns, nint width, nint stride)
    {
        for (nint j = 0; j < columns; j += 8)
        {
            // Columns beyond the last repeat it; the next packed row, strip or nothing overwrites them.
            var last = nint.Min(columns - j, 8) - 1;
            var p0 = from + j * stride;
            var p1 = p0 + nint.Min(1, last) * stride;
            var p2 = p0 + nint.Min(2, last) * stride;
            var p3 = p0 + nint.Min(3, last) * stride;
            var p4 = p0 + nint.Min(4, last) * stride;
            var p5 = p0 + nint.Min(5, last) * stride;
            var p6 = p0 + nint.Min(6, last) * stride;
            var p7 = p0 + last * stride;
            var target = to + j;
            nint k = 0;
            for (; k <= depth - 4; k += 4)
            {
                var r04 = Vector256.Create(Vector128.Load(p0 + k), Vector128.Load(p4 + k));
                var r15 = Vector256.Create(Vector128.Load(p1 + k), Vector128.Load(p5 + k));
                var r26 = Vector256.Create(Vector128.Load(p2 + k), Vector128.Load(p6 + k));
                var r37 = Vector256.Create(Vector128.Load(p3 + k), Vector128.Load(p7 + k));
                var low01 = Avx.UnpackLow(r04, r15);
                var low23 = Avx.UnpackLow(r26, r37);
                var high01 = Avx.UnpackHigh(r04, r15);
                var high23 = Avx.UnpackHigh(r26, r37);
                Avx.Shuffle(low01, low23, 0b01_00_01_00).Store(target);
                Avx.Shuffle(low01, low23, 0b11_10_11_10).Store(target + width);
                Avx.Shuffle(high01, high23, 0b01_00_01_00).Store(target + 2 * width);
                Avx.Shuffle(high01, high23, 0b11_10_11_10).Store(target + 3 * width);
                target += 4 * width;
            }
            for (; k < depth; k++, target += width)
            {
                for (nint c = 0; c <= last; c++)
                    target[c] = from[(j + c) * stride + k];
            }
        }
    }
}
