namespace Proxima.Runtime;

/// <summary>
/// What no map and no reduction computes: scans, sorts, factorisations, transforms. Each works on one item of a batch, inside in double precision, without exceptions: what has no answer
/// gives NaN or infinity. Generated code and the reference call the same ones.
/// </summary>
public static partial class Routines
{
    /// <summary>The sums of the first 1, 2, ... n elements.</summary>
    public static void CumSum<X, R>(X x, R result, long n, long isWhole) where X : struct, IMemory where R : struct, IMemory
    {
        if (isWhole != 0)
        {
            long whole = 0;
            for (long i = 0; i < n; i++)
            {
                whole += x.GetInteger(i);
                result.SetInteger(i, whole);
            }
            return;
        }
        double sum = 0;
        for (long i = 0; i < n; i++)
        {
            sum += x[i];
            result[i] = sum;
        }
    }

    /// <summary>z(i) = a(i) z(i-1) + b(i), from z(0) = b(0) on.</summary>
    public static void LinearScan<A, B, R>(A a, B b, R result, long n, long isWhole) where A : struct, IMemory where B : struct, IMemory where R : struct, IMemory
    {
        if (isWhole != 0)
        {
            long whole = 0;
            for (long i = 0; i < n; i++)
            {
                whole = i == 0 ? b.GetInteger(i) : a.GetInteger(i) * whole + b.GetInteger(i);
                result.SetInteger(i, whole);
            }
            return;
        }
        double z = 0;
        for (long i = 0; i < n; i++)
        {
            z = i == 0 ? b[i] : a[i] * z + b[i];
            result[i] = z;
        }
    }

    /// <summary>The logarithm of the sum of exponentials of the first 1, 2, ... n elements, without overflow.</summary>
    public static void LogCumSumExp<X, R, W>(X x, R result, W work, long n) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        double max = double.NegativeInfinity, sum = 0;
        for (long i = 0; i < n; i++)
        {
            var value = x[i];
            if (value > max)
            {
                sum = max == double.NegativeInfinity ? sum + 1 : sum * work.Exp(max - value) + 1;
                max = value;
            }
            else if (value == max && value == double.PositiveInfinity) sum += 1;
            else if (value != double.NegativeInfinity) sum += work.Exp(value - max);
            result[i] = max == double.PositiveInfinity ? sum - sum + max : sum == 0 ? double.NegativeInfinity : max + work.Log(sum);
        }
    }

    /// <summary>The position of the largest (or lowest) of the first 1, 2, ... n elements: the last of equals, and of NaN as soon as there is one.</summary>
    public static void ArgCumMax<X, R>(X x, R result, long n, long lowest) where X : struct, IMemory where R : struct, IMemory
    {
        long best = 0;
        for (long i = 0; i < n; i++)
        {
            bool isNaN = double.IsNaN(x[i]), wasNaN = double.IsNaN(x[best]);
            var wins = lowest != 0 ? !x.IsLess(best, i) : !x.IsLess(i, best);
            if (isNaN || (!wasNaN && wins)) best = i;
            result.SetInteger(i, best);
        }
    }

    /// <summary>
    /// The signs of the jumps from each element to the next of the p for which <c>|p - x|²/2 + weight Σ|p[i + 1] - p[i]|</c> is least; the last is 0 (Johnson 2013). The slope of the best value of the first elements, by
    /// the last of them, is linear between corners; on the way to the next element it is cut at ± weight. Each corner comes once and goes once: the time is linear.
    /// </summary>
    public static void TautString<X, S, R, W>(X x, S weight, R result, W work, long n) where X : struct, IMemory where S : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        if (n == 0) return;
        // Where the slope is cut at each element; the corners in ascending order, and how much slope and offset of the linear pieces change there.
        long low = 0, high = n, corner = 2 * n, turn = 4 * n, shift = 6 * n;
        long first = n, last = n - 1;
        double cut = weight[0], end = 0;
        for (long k = 0; k < n; k++)
        {
            var beyond = k == 0 ? 0 : cut;
            double rise = 1, offset = -x[k] - beyond;
            var left = first;
            while (left <= last && rise * work[corner + left] + offset <= -cut)
            {
                rise += work[turn + left];
                offset += work[shift + left];
                left++;
            }
            if (k == n - 1)
            {
                // Of the last element the slope is 0.
                var at = left;
                double slope = rise, height = offset;
                while (at <= last && slope * work[corner + at] + height <= 0)
                {
                    slope += work[turn + at];
                    height += work[shift + at];
                    at++;
                }
                end = -height / slope;
                break;
            }
            double fall = 1, start = -x[k] + beyond;
            var right = last;
            while (right >= left && fall * work[corner + right] + start >= cut)
            {
                fall -= work[turn + right];
                start -= work[shift + right];
                right--;
            }
            first = left - 1;
            last = right + 1;
            work[low + k] = work[corner + first] = (-cut - offset) / rise;
            work[turn + first] = rise;
            work[shift + first] = offset + cut;
            work[high + k] = work[corner + last] = (cut - start) / fall;
            work[turn + last] = -fall;
            work[shift + last] = cut - start;
        }
        result.SetInteger(n - 1, 0);
        for (var k = n - 2; k >= 0; k--)
        {
            double from = work[low + k], to = work[high + k], p = end < from ? from : end > to ? to : end;
            result.SetInteger(k, end > p ? 1 : end < p ? -1 : 0);
            end = p;
        }
    }

    /// <summary>1 where a piece of equal elements starts in the nearest vector whose elements do not decrease, 0 elsewhere: neighbours that are out of order share their mean (Barlow et al. 1972). The time is linear.</summary>
    public static void PoolAdjacent<X, R, W>(X x, R result, W work, long n) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        // A stack of pieces: sums, and where they start.
        long count = 0;
        for (long i = 0; i < n; i++)
        {
            result.SetInteger(i, 0);
            var sum = x[i];
            var start = i;
            while (count > 0 && work[count - 1] * (i + 1 - start) >= sum * (start - work.GetInteger(n + count - 1)))
            {
                count--;
                sum += work[count];
                start = work.GetInteger(n + count);
            }
            work[count] = sum;
            work.SetInteger(n + count, start);
            count++;
        }
        for (long i = 0; i < count; i++) result.SetInteger(work.GetInteger(n + i), 1);
    }

    /// <summary>The positions of the elements in ascending (or descending) order; equals keep theirs, NaN counts as the largest.</summary>
    public static void ArgSort<X, R, W>(X x, R result, W work, long n, long descending) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        for (long i = 0; i < n; i++) result.SetInteger(i, i);
        for (long width = 1; width < n; width *= 2)
        {
            for (long low = 0; low < n; low += 2 * width)
            {
                var middle = low + width < n ? low + width : n;
                var high = low + 2 * width < n ? low + 2 * width : n;
                long left = low, right = middle;
                for (var to = low; to < high; to++)
                {
                    var takesRight = left >= middle;
                    if (left < middle && right < high)
                    {
                        long a = result.GetInteger(left), b = result.GetInteger(right);
                        takesRight = descending != 0 ? x.IsLess(a, b) : x.IsLess(b, a);
                    }
                    if (takesRight)
                    {
                        work.SetInteger(to, result.GetInteger(right));
                        right++;
                    }
                    else
                    {
                        work.SetInteger(to, result.GetInteger(left));
                        left++;
                    }
                }
            }
            for (long i = 0; i < n; i++) result.SetInteger(i, work.GetInteger(i));
        }
    }

    /// <summary>For each value how many elements of an ascending sequence are below it (or, from the right, not above it).</summary>
    public static void SearchSorted<S, V, R>(S sorted, V values, R result, long n, long m, long isWhole, long right) where S : struct, IMemory where V : struct, IMemory where R : struct, IMemory
    {
        for (long i = 0; i < m; i++)
        {
            long low = 0, high = n;
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                bool isBelow, isAbove;
                if (isWhole != 0)
                {
                    isBelow = sorted.GetInteger(middle) < values.GetInteger(i);
                    isAbove = sorted.GetInteger(middle) > values.GetInteger(i);
                }
                else
                {
                    // NaN comes last.
                    double s = sorted[middle], v = values[i];
                    isBelow = s < v || (double.IsNaN(v) && !double.IsNaN(s));
                    isAbove = s > v || (double.IsNaN(s) && !double.IsNaN(v));
                }
                if (isBelow || (right != 0 && !isAbove)) low = middle + 1;
                else high = middle;
            }
            result.SetInteger(i, low);
        }
    }
}
