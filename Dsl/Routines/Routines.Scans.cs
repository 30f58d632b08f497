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
