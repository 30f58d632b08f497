using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>Gives the kernels of a class names: equal ones share one, so that what several methods compute alike is one struct; no others do.</summary>
internal static class KernelNames
{
    /// <param name="reserved">Names that mean something else in the class.</param>
    public static void Assign(IEnumerable<Plan> plans, IEnumerable<string> reserved)
    {
        var names = new HashSet<string>(reserved, StringComparer.Ordinal);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var computation in plans.SelectMany(plan => plan.Computations))
        {
            var key = Key(computation);
            if (!known.TryGetValue(key, out var name))
            {
                name = computation.Name;
                for (var i = 2; !names.Add(name); i++) name = computation.Name + i.ToString(CultureInfo.InvariantCulture);
                known.Add(key, name);
            }
            computation.Name = name;
        }
    }

    // Everything that a printer can see, comments included, but for the name.
    private static string Key(Computation computation)
    {
        var text = new StringBuilder().Append(computation.Flops).Append('|').Append(computation.Bytes);
        foreach (var source in computation.Sources) text.Append('|').Append(source).Append(source.Origin.File).Append(source.Origin.Line);
        if (computation is Gemm gemm)
        {
            text.Append("|gemm ").Append(gemm.DType).Append(string.Join(",", gemm.Batch)).Append(gemm.Row).Append(gemm.Column).Append(gemm.Groups);
            Write(text, [.. gemm.Epilogue]);
            return text.ToString();
        }
        if (computation is Call call)
        {
            text.Append("|call ").Append(call.Routine).Append(string.Join(",", call.Numbers)).Append(call.Batch);
            foreach (var item in call.Items) text.Append('|').Append(item.Start).Append(item.Start.Buffer.DType).Append(item.Size);
            return text.ToString();
        }
        var kernel = (Kernel)computation;
        text.Append('|').Append(string.Join(",", kernel.Outer)).Append('|').Append(kernel.Vector).Append(kernel.Windows);
        foreach (var stage in kernel.Stages)
        {
            text.Append("|stage ").Append(string.Join(",", stage.Inner)).Append(stage.Range);
            Write(text, stage.Statements);
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, ImmutableArray<Statement> statements)
    {
        var numbers = new Dictionary<Expr, int>();
        foreach (var expr in Exprs.Order(statements))
        {
            numbers.Add(expr, numbers.Count);
            text.Append('\n').Append(expr.Kind).Append(' ').Append(expr.DType).Append(' ').Append(expr.Op).Append(' ').Append(expr.Access).Append(' ').Append(expr.Access?.Buffer.DType)
                .Append(' ').Append(expr.Index).Append(' ').Append(BitConverter.DoubleToInt64Bits(expr.Value)).Append(' ').Append(expr.Text).Append(' ').Append(expr.Name).Append(expr.IsScalar);
            foreach (var input in expr.Inputs) text.Append(" %").Append(numbers[input]);
        }
        foreach (var statement in statements)
        {
            text.Append('\n').Append(statement switch
            {
                StoreStatement store => $"store {store.Target} {store.Target.Buffer.DType} {store.Combine}",
                ReduceStatement reduce => $"reduce {reduce.Accumulator} {reduce.Reduction} {reduce.Index}",
                _ => throw new InvalidOperationException($"a statement of type {statement.GetType()}"),
            }).Append(" %").Append(numbers[statement.Value]);
        }
    }
}
