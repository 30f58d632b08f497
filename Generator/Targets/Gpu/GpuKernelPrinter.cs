using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Proxima.Generator.Targets.Cpu;
using Buffer = Proxima.Generator.Optimize.Buffer;

namespace Proxima.Generator.Targets.Gpu;

/// <summary>Prints the fused kernels of a plan as structs that ILGPU specialises its templates for: one work item per element, or one group per row.</summary>
internal static class GpuKernelPrinter
{
    private static readonly GpuDialect s_dialect = new();

    public static void Print(CodeWriter writer, Kernel kernel)
    {
        var buffers = KernelPrinter.BuffersOf(kernel.Reads().Concat(kernel.Writes()));
        var sizes = KernelPrinter.SizesOf(kernel);
        var names = new HashSet<string>(Reserved(buffers, sizes, kernel.Statements).Concat(kernel.Axes.Select(axis => axis.Name)), StringComparer.Ordinal);
        writer.Blank();
        Comments.Describe(writer, kernel);
        using var body = writer.Block($"internal struct {kernel.Name} : {(kernel.Vector is null ? "IRowKernel" : "IMapKernel")}");
        Fields(writer, buffers, sizes, kernel.Statements);
        writer.Blank();
        if (kernel.Vector is { } vector) PrintElement(writer, kernel, kernel.Outer.Add(vector), names);
        else PrintRow(writer, kernel, names);
    }

    /// <summary>A routine for each item, or for each line of one: one work item each.</summary>
    public static void Print(CodeWriter writer, Call call)
    {
        var buffers = KernelPrinter.ItemBuffers(call);
        var sizes = KernelPrinter.SizesOf(call);
        var names = new HashSet<string>(buffers.Select(buffer => buffer.Name).Concat(sizes), StringComparer.Ordinal);
        var (index, item, line, work) = (Unused("index", names), Unused("item", names), Unused("line", names), WorkOf(call));
        writer.Blank();
        Comments.Describe(writer, call);
        using var body = writer.Block($"internal struct {call.Name} : IMapKernel");
        Fields(writer, buffers, sizes, []);
        if (call.Work is not null) writer.Line($"public ArrayView<double> {work};");
        writer.Blank();
        var between = ImmutableArray.CreateBuilder<string>();
        if (call.Work is { } doubles) between.Add($"new DeviceDouble({work}, {(Dim.Name(index) * doubles).ToCSharp()})");
        using (writer.Block($"public void Run(long {index})"))
        {
            if (call.Lines is { } lines)
            {
                writer.Line($"long {item} = {index} / ({lines.ToCSharp()}), {line} = {index} % ({lines.ToCSharp()});");
                between.Add(line);
            }
            else item = index;
            writer.Line(KernelPrinter.Invocation(call, item, (buffer, offset) => $"new Device{KernelPrinter.MemoryOf(buffer.DType)}({buffer.Name}, {offset.ToCSharp()})", between.ToImmutable()));
        }
    }

    /// <summary>The field for the doubles that a routine works in.</summary>
    public static string WorkOf(Call call) =>
        Unused("work", new HashSet<string>(KernelPrinter.ItemBuffers(call).Select(buffer => buffer.Name).Concat(KernelPrinter.SizesOf(call)), StringComparer.Ordinal));

    public static void Print(CodeWriter writer, Gemm gemm)
    {
        var buffers = KernelPrinter.BuffersOf(gemm.Epilogue.SelectMany(Exprs.Loads).Concat(gemm.Epilogue.Select(s => s.Target)));
        var sizes = KernelPrinter.EpilogueSizes(gemm);
        var axes = gemm.Batch.Add(gemm.Row).Add(gemm.Column).Select(axis => axis.Name).ToImmutableArray();
        var names = new HashSet<string>(Reserved(buffers, sizes, gemm.Epilogue).Concat(axes), StringComparer.Ordinal);
        var dot = Unused(Gemm.Accumulator, names);
        var batch = gemm.Batch.Length == 1 ? gemm.Batch[0].Name : Unused("batch", names);
        var element = gemm.DType.CSharp();
        writer.Blank();
        Comments.Describe(writer, gemm);
        using var body = writer.Block($"internal struct {gemm.Name} : IGemmEpilogue<{element}>");
        Fields(writer, buffers, sizes, gemm.Epilogue);
        writer.Blank();
        using (writer.Block($"public void Store({element} {dot}, long {batch}, long {gemm.Row.Name}, long {gemm.Column.Name})"))
        {
            if (gemm.Batch.Length > 1) Decode(writer, gemm.Batch, batch);
            var printer = new ExprPrinter(s_dialect, axes, null, gemm.Epilogue, names, _ => (dot, axes.Length));
            for (var level = 0; level <= axes.Length; level++) printer.Locals(writer, level, gemm.Epilogue);
            Stores(writer, gemm.Epilogue, printer);
        }
    }

    private static IEnumerable<string> Reserved(ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes, IEnumerable<Statement> statements)
    {
        var all = statements.ToImmutableArray();
        return buffers.Select(buffer => buffer.Name).Concat(sizes).Concat(KernelPrinter.NumbersOf(all)).Concat(all.OfType<ReduceStatement>().SelectMany(NamesOf));
    }

    /// <summary>The locals of a reduction.</summary>
    private static IEnumerable<string> NamesOf(ReduceStatement reduce) =>
        reduce.Reduction == Op.ArgMax ? [reduce.Accumulator, Best(reduce), reduce.Accumulator + "Next", reduce.Accumulator + "Best"] : IsWide(reduce) ? [reduce.Accumulator, Wide(reduce)] : [reduce.Accumulator];

    private static string Unused(string name, HashSet<string> names)
    {
        while (!names.Add(name)) name += "_";
        return name;
    }

    private static void Fields(CodeWriter writer, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes, IEnumerable<Statement> statements)
    {
        foreach (var type in buffers.GroupBy(buffer => buffer.DType))
            writer.Line($"public ArrayView<{GpuDialect.Element(type.Key)}> {string.Join(", ", type.Select(buffer => buffer.Name))};");
        if (sizes.Length > 0) writer.Line($"public long {string.Join(", ", sizes)};");
        foreach (var number in KernelPrinter.NumbersOf(statements)) writer.Line($"public float {number};");
    }

    /// <summary>The index of each axis from the flat number of the element.</summary>
    private static void Decode(CodeWriter writer, ImmutableArray<Axis> axes, string flat)
    {
        var divisor = Dim.One;
        for (var i = axes.Length - 1; i >= 0; i--)
        {
            var quotient = divisor.IsOne ? flat : $"{flat} / {divisor.ToCSharp(atomic: true)}";
            writer.Line($"long {axes[i].Name} = {quotient}{(i > 0 ? $" % {axes[i].Size.ToCSharp(atomic: true)}" : "")};");
            divisor *= axes[i].Size;
        }
    }

    private static void Stores(CodeWriter writer, IEnumerable<Statement> statements, ExprPrinter printer)
    {
        foreach (var store in statements.OfType<StoreStatement>()) writer.Line(GpuDialect.Store(store, printer.Text(store.Value)));
    }

    // ---- One work item per element ------------------------------------------------------------------------------------------

    private static void PrintElement(CodeWriter writer, Kernel kernel, ImmutableArray<Axis> axes, HashSet<string> names)
    {
        var flat = axes.Length == 1 ? axes[0].Name : Unused("index", names);
        using var body = writer.Block($"public void Run(long {flat})");
        if (axes.Length > 1) Decode(writer, axes, flat);
        foreach (var stage in kernel.Stages)
        {
            var loops = axes.AddRange(stage.Inner).Select(axis => axis.Name).ToImmutableArray();
            var printer = new ExprPrinter(s_dialect, loops, null, stage.Statements, names, accumulator => (accumulator.Text, axes.Length));
            Accumulators(writer, stage);
            for (var level = 0; level <= axes.Length; level++) printer.Locals(writer, level, stage.Statements);
            Nest(writer, stage, 0, axis => stage.Range is { } range ? (range.First.ToCSharp(), range.Last.ToCSharp(), "++") : ("0", axis.Size.ToCSharp(), "++"), printer, axes.Length);
            foreach (var reduce in stage.Accumulators.Where(IsWide)) writer.Line($"float {reduce.Accumulator} = (float){Wide(reduce)};");
        }
    }

    // ---- One group of work items per row --------------------------------------------------------------------------------------

    private static void PrintRow(CodeWriter writer, Kernel kernel, HashSet<string> names)
    {
        var row = Unused("row", names);
        using var body = writer.Block($"public void Run(GpuRow {row})");
        Decode(writer, kernel.Outer, row + ".Index");
        foreach (var stage in kernel.Stages)
        {
            var loops = kernel.Outer.AddRange(stage.Inner).Select(axis => axis.Name).ToImmutableArray();
            var printer = new ExprPrinter(s_dialect, loops, null, stage.Statements, names, accumulator => (accumulator.Text, kernel.Outer.Length));
            var reductions = stage.Statements.OfType<ReduceStatement>().ToImmutableArray();
            Accumulators(writer, stage);
            if (stage.Inner.Length > 0)
            {
                for (var level = 0; level <= kernel.Outer.Length; level++) printer.Locals(writer, level, stage.Statements);
                // Adjacent lanes read adjacent elements.
                var last = stage.Inner[stage.Inner.Length - 1];
                Nest(writer, stage, 0, axis => axis == last ? (row + ".Lane", axis.Size.ToCSharp(), $" += {row}.Lanes") : ("0", axis.Size.ToCSharp(), "++"), printer, kernel.Outer.Length);
                foreach (var reduce in reductions) Combine(writer, reduce, row);
            }
            else
            {
                using var first = writer.Block($"if ({row}.Lane == 0)");
                for (var level = 0; level <= kernel.Outer.Length; level++) printer.Locals(writer, level, stage.Statements);
                Stores(writer, stage.Statements, printer);
            }
            // Later stages may read what other lanes stored. The reductions wait for all lanes themselves.
            if (reductions.Length == 0 && stage != kernel.Stages[kernel.Stages.Length - 1]) writer.Line($"{row}.Barrier();");
        }
    }

    /// <summary>Declares the accumulators of a stage; each lane has its own.</summary>
    private static void Accumulators(CodeWriter writer, Stage stage)
    {
        foreach (var reduce in stage.Accumulators)
        {
            var type = reduce.Value.DType.CSharp();
            if (reduce.Reduction == Op.ArgMax) writer.Line($"long {reduce.Accumulator} = long.MaxValue;").Line($"{type} {Best(reduce)} = {Start(Op.ReduceMax, reduce.Value.DType)};");
            else if (IsWide(reduce)) writer.Line($"double {Wide(reduce)} = 0.0;");
            else writer.Line($"{type} {reduce.Accumulator} = {Start(reduce.Reduction, reduce.Value.DType)};");
        }
    }

    // One work item adds up many floats one after another: in double, as the reference does. Memory is the limit, not the adder.
    private static bool IsWide(ReduceStatement reduce) => reduce.Reduction == Op.ReduceSum && reduce.Value.DType == DType.Float32;

    private static string Wide(ReduceStatement reduce) => reduce.Accumulator + "Wide";

    private static string Best(ReduceStatement reduce) => reduce.Accumulator + "Value";

    private static string Start(Op reduction, DType dtype) => reduction == Op.ReduceSum || dtype != DType.Int64
        ? Dialect.Literal(KernelPrinter.Identity(reduction), dtype)
        : reduction == Op.ReduceMax ? "long.MinValue" : "long.MaxValue";

    private static void Nest(CodeWriter writer, Stage stage, int depth, Func<Axis, (string From, string To, string Step)> bounds, ExprPrinter printer, int around)
    {
        if (depth > 0) printer.Locals(writer, around + depth, stage.Statements);
        if (depth == stage.Inner.Length)
        {
            Stores(writer, stage.Statements, printer);
            foreach (var reduce in stage.Statements.OfType<ReduceStatement>()) Fold(writer, reduce, printer.Text(reduce.Value));
            return;
        }
        var axis = stage.Inner[depth];
        var (from, to, step) = bounds(axis);
        using (writer.Block($"for (long {axis.Name} = {from}; {axis.Name} < {to}; {axis.Name}{step})"))
            Nest(writer, stage, depth + 1, bounds, printer, around);
    }

    private static void Fold(CodeWriter writer, ReduceStatement reduce, string value)
    {
        if (reduce.Reduction == Op.ReduceSum) writer.Line($"{(IsWide(reduce) ? Wide(reduce) : reduce.Accumulator)} += {ExprPrinter.Strip(value)};");
        else if (reduce.Reduction != Op.ArgMax) writer.Line($"{reduce.Accumulator} = GpuMath.{Extreme(reduce.Reduction)}({reduce.Accumulator}, {ExprPrinter.Strip(value)});");
        else
        {
            var next = reduce.Accumulator + "Next";
            writer.Line($"{reduce.Value.DType.CSharp()} {next} = {ExprPrinter.Strip(value)};");
            using var better = writer.Block($"if ({reduce.Accumulator} == long.MaxValue || {KernelPrinter.Exceeds(next, Best(reduce), reduce.Value.DType)})");
            writer.Line($"{reduce.Accumulator} = {reduce.Index.ToCSharp()};").Line($"{Best(reduce)} = {next};");
        }
    }

    /// <summary>One value for the row from those of its lanes.</summary>
    private static void Combine(CodeWriter writer, ReduceStatement reduce, string row)
    {
        if (IsWide(reduce))
        {
            writer.Line($"float {reduce.Accumulator} = (float){row}.Sum({Wide(reduce)});");
            return;
        }
        if (reduce.Reduction != Op.ArgMax)
        {
            writer.Line($"{reduce.Accumulator} = {row}.{(reduce.Reduction == Op.ReduceSum ? "Sum" : Extreme(reduce.Reduction))}({reduce.Accumulator});");
            return;
        }
        // The first of the lanes' positions that hold the row's maximum; a NaN can only be a maximum.
        var (type, best) = (reduce.Value.DType.CSharp(), reduce.Accumulator + "Best");
        writer.Line($"{type} {best} = {row}.Max({Best(reduce)});");
        var isBest = $"{Best(reduce)} == {best}" + (reduce.Value.DType == DType.Int64 ? "" : $" || {type}.IsNaN({Best(reduce)})");
        writer.Line($"{reduce.Accumulator} = {row}.Min({isBest} ? {reduce.Accumulator} : long.MaxValue);");
    }

    private static string Extreme(Op reduction) => reduction == Op.ReduceMax ? "Max" : "Min";
}
