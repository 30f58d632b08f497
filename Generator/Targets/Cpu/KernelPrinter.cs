using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Buffer = Proxima.Generator.Optimize.Buffer;

namespace Proxima.Generator.Targets.Cpu;

/// <summary>Prints the fused kernels of a plan as structs: pointers and sizes as fields, loops over lanes as methods.</summary>
internal static class KernelPrinter
{
    private const string Optimized = "[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]";

    public static void Print(CodeWriter writer, Kernel kernel)
    {
        var buffers = BuffersOf(kernel.Reads().Concat(kernel.Writes()));
        var sizes = SizesOf(kernel);
        writer.Blank();
        Comments.Describe(writer, kernel);
        if (kernel.Windows is { } windows)
        {
            PrintWindows(writer, kernel, windows, buffers, sizes);
            return;
        }
        using var body = writer.Block($"private unsafe struct {kernel.Name} : IJob");
        Fields(writer, buffers, sizes, kernel.Statements);
        if (kernel.Vector is { } vector) PrintElements(writer, kernel, vector, buffers, sizes);
        else PrintRows(writer, kernel, buffers, sizes);
    }

    /// <summary>A routine for each item.</summary>
    public static void Print(CodeWriter writer, Call call)
    {
        var sizes = SizesOf(call);
        writer.Blank();
        Comments.Describe(writer, call);
        using var body = writer.Block($"private unsafe struct {call.Name} : IJob");
        Fields(writer, ItemBuffers(call), sizes, []);
        var (begin, end, item, work) = (Local("begin", sizes), Local("end", sizes), Local("item", sizes), Local("work", sizes));
        writer.Blank();
        using (writer.Block($"public readonly void Run(nint {begin}, nint {end})"))
        {
            if (call.Work is { } doubles) writer.Line($"var {work} = new HostDouble(Workspace.Doubles({doubles.ToCSharp()}));");
            using (writer.Block($"for (nint {item} = {begin}; {item} < {end}; {item}++)"))
                writer.Line(Invocation(call, item, (buffer, offset) => $"new Host{MemoryOf(buffer.DType)}({buffer.Name}{LaneDialect.Plus(offset)})", [.. call.Work is null ? [] : new[] { work }]));
        }
    }

    public static ImmutableArray<Buffer> ItemBuffers(Call call) => BuffersOf(call.Items.Select(item => item.Start));

    public static ImmutableArray<string> SizesOf(Call call) =>
        [.. call.Items.SelectMany(item => item.Size.Names().Concat(item.Start.Offset.Names())).Concat(call.Numbers.SelectMany(number => number.Names())).Distinct().OrderBy(name => name, StringComparer.Ordinal)];

    /// <summary>The statement that runs a routine for one item.</summary>
    /// <param name="between">What stands between the memory and the numbers: work, the line.</param>
    public static string Invocation(Call call, string item, Func<Buffer, Dim, string> memory, ImmutableArray<string> between)
    {
        var arguments = call.Items.Select(i => memory(i.Start.Buffer, i.Start.Offset + Dim.Name(item) * i.Size)).Concat(between).Concat(call.Numbers.Select(number => number.ToCSharp()));
        return $"Routines.{call.Routine}({string.Join(", ", arguments)});";
    }

    /// <summary>The loop on the host that refuses what a routine found wrong.</summary>
    public static void PrintRequirement(CodeWriter writer, Call call, string index, string item, Func<Access, string> value)
    {
        if (!Routine.Find(call.Routine)!.IsRequirement) return;
        var (start, size) = (call.Items[0].Start, call.Items[0].Size);
        var values = Enumerable.Range(0, 3).Select(i => value(start with { Offset = start.Offset + Dim.Name(item) * size + Dim.Of(i) }));
        writer.Line($"for ({index} {item} = 0; {item} < {call.Batch.ToCSharp()}; {item}++) Routines.Require{call.Routine.Replace("Check", "")}({string.Join(", ", values.Concat(call.Numbers.Select(number => number.ToCSharp())))});");
    }

    public static string MemoryOf(DType dtype) => dtype switch { DType.Float32 => "Single", DType.Float64 => "Double", _ => "Int64" };

    public static ImmutableArray<Buffer> BuffersOf(IEnumerable<Access> accesses) =>
        [.. accesses.Select(access => access.Buffer).Distinct().OrderBy(buffer => buffer.Name, StringComparer.Ordinal)];

    /// <summary>The names of sizes and counters that a kernel needs from outside.</summary>
    public static ImmutableArray<string> SizesOf(Kernel kernel)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var axis in kernel.Outer.Concat(kernel.Stages.SelectMany(stage => stage.Whole))) names.UnionWith(axis.Size.Names());
        if (kernel.Vector is { } vector) names.UnionWith(vector.Size.Names());
        foreach (var statement in kernel.Statements) names.UnionWith(NamesOf(statement));
        names.ExceptWith(kernel.Axes.Select(axis => axis.Name));
        return [.. names];
    }

    public static IEnumerable<string> NamesOf(Statement statement)
    {
        var exprs = Exprs.Order(statement.Roots);
        var positions = new HashSet<string>(exprs.Where(e => e.Kind == ExprKind.Position).Select(e => e.Text), StringComparer.Ordinal);
        var dims = exprs.Where(e => e.Kind is ExprKind.Load or ExprKind.Index).SelectMany(e => e.Kind == ExprKind.Load ? e.Access!.Formulas : [e.Index]);
        if (statement is StoreStatement store) dims = dims.Prepend(store.Target.Offset);
        return dims.SelectMany(dim => dim.Names()).Where(name => !positions.Contains(name));
    }

    /// <summary>The float constructor parameters that statements use.</summary>
    public static ImmutableArray<string> NumbersOf(IEnumerable<Statement> statements) =>
        [.. Exprs.Order(statements).Where(e => e.Kind == ExprKind.Number).Select(e => e.Text).Distinct().OrderBy(t => t, StringComparer.Ordinal)];

    public static void Fields(CodeWriter writer, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes, IEnumerable<Statement> statements)
    {
        foreach (var type in buffers.GroupBy(buffer => buffer.DType))
            writer.Line($"public {type.Key.CSharp()}* {string.Join(", ", type.Select(buffer => buffer.Name))};");
        if (sizes.Length > 0) writer.Line($"public nint {string.Join(", ", sizes)};");
        foreach (var number in NumbersOf(statements)) writer.Line($"public float {number};");
    }

    private static void Unpack(CodeWriter writer, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes, IEnumerable<Statement> statements, IEnumerable<Axis> axes)
    {
        // Locals: a store through a pointer could change a field, and the JIT would read it again.
        var used = new HashSet<Buffer>(statements.SelectMany(Exprs.Loads).Concat(statements.OfType<StoreStatement>().Select(s => s.Target)).Select(a => a.Buffer));
        foreach (var type in buffers.Where(used.Contains).GroupBy(buffer => buffer.DType))
            writer.Line($"{type.Key.CSharp()}* {string.Join(", ", type.Select(buffer => $"{buffer.Name} = this.{buffer.Name}"))};");
        var names = new HashSet<string>(statements.SelectMany(NamesOf).Concat(axes.SelectMany(axis => axis.Size.Names())));
        var needed = sizes.Where(names.Contains).ToImmutableArray();
        if (needed.Length > 0) writer.Line($"nint {string.Join(", ", needed.Select(size => $"{size} = this.{size}"))};");
    }

    /// <summary>The choice of the widest vectors; the JIT keeps one branch.</summary>
    private static void Widest(CodeWriter writer, DType dtype, Func<string, string> call)
    {
        var lane = dtype == DType.Float32 ? "F" : "D";
        writer.Line($"if (Vector512.IsHardwareAccelerated) {call(lane + "512")}");
        writer.Line($"else if (Vector256.IsHardwareAccelerated) {call(lane + "256")}");
        writer.Line($"else {call(lane + "128")}");
    }

    /// <summary>A local of a kernel, unless a size is called so.</summary>
    private static string Local(string name, ImmutableArray<string> sizes) => sizes.Contains(name) ? Local(name + "_", sizes) : name;

    private static string Scalar(DType dtype) => dtype == DType.Float32 ? "F1" : "D1";

    /// <summary>The index of each outer axis from the flat number of the row.</summary>
    private static void Decode(CodeWriter writer, ImmutableArray<Axis> outer, string flat, bool declare = true)
    {
        if (outer.Length == 0) return;
        var type = declare ? "nint " : "";
        if (outer.Length == 1)
        {
            writer.Line($"{type}{outer[0].Name} = {flat};");
            return;
        }
        var divisor = Dim.One;
        for (var i = outer.Length - 1; i >= 0; i--)
        {
            var quotient = divisor.IsOne ? flat : $"{flat} / {divisor.ToCSharp(atomic: true)}";
            writer.Line(i == 0 ? $"{type}{outer[i].Name} = {quotient};" : $"{type}{outer[i].Name} = {(divisor.IsOne ? quotient : $"({quotient})")} % {outer[i].Size.ToCSharp(atomic: true)};");
            divisor *= outer[i].Size;
        }
    }

    /// <summary>A loop over rows. Their indices count along like the digits of a number: a division for each would take as long as a short row.</summary>
    private static void ForRows(CodeWriter writer, ImmutableArray<Axis> outer, string begin, string end, string row, Action body)
    {
        if (outer.Length > 1) Decode(writer, outer, begin);
        using var loop = writer.Block($"for (nint {row} = {begin}; {row} < {end}; {row}++)");
        if (outer.Length == 1) Decode(writer, outer, row);
        body();
        if (outer.Length < 2) return;
        for (var i = outer.Length - 1; i > 0; i--)
            writer.Line($"if (++{outer[i].Name} < {outer[i].Size.ToCSharp(atomic: true)}) continue;").Line($"{outer[i].Name} = 0;");
        writer.Line($"{outer[0].Name}++;");
    }

    // ---- One result per element of outer x vector --------------------------------------------------------------------------

    private static void PrintElements(CodeWriter writer, Kernel kernel, Axis vector, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes)
    {
        var lanes = Lanes.Of(kernel.Statements, vector.Name);
        var element = lanes ?? Lanes.ElementOf(kernel.Statements);
        var isFlat = kernel.Outer.Length == 0;
        var (begin, end, row, columns, rest) = (Local("begin", sizes), Local("end", sizes), Local("row", sizes), isFlat ? Local("end", sizes) : Local("columns", sizes), Local("rest", sizes));
        writer.Blank();
        using (writer.Block($"public readonly void Run(nint {begin}, nint {end})"))
        {
            if (lanes is { } type) Widest(writer, type, lane => $"Elements<{lane}>({begin}, {end});");
            else writer.Line($"Elements{(element is { } one ? $"<{Scalar(one)}>" : "")}({begin}, {end});");
        }
        writer.Blank().Line(Optimized);
        var constraint = element is { } t ? $" where V : unmanaged, ILane<V, {t.CSharp()}>" : "";
        using var body = writer.Block($"private readonly void Elements{(element is null ? "" : "<V>")}(nint {(isFlat ? vector.Name : begin)}, nint {end}){constraint}");
        Unpack(writer, buffers, sizes, kernel.Statements, kernel.Stages.SelectMany(stage => stage.Whole).Concat(isFlat ? [] : kernel.Outer.Skip(1).Append(vector)));
        var axes = kernel.Outer.Select(a => a.Name).Append(vector.Name).ToImmutableArray();
        var depth = axes.Length;
        var reserved = Reserved(kernel, buffers, sizes);
        var rows = element is null ? null : new RowPointers(reserved);
        Dialect dialect = element is { } e ? new LaneDialect(e, rows) : new ScalarDialect("ScalarMath");
        var printers = kernel.Stages.Select(stage => new ExprPrinter(
            dialect, axes.AddRange(stage.Inner.Select(a => a.Name)), vector.Name, stage.Statements, reserved,
            accumulator => (accumulator.Text, depth), sharesDivisors: element is not null)).ToImmutableArray();
        Level(0);
        if (isFlat) Row();
        else
        {
            writer.Line($"nint {columns} = {vector.Size.ToCSharp()};");
            ForRows(writer, kernel.Outer, begin, end, row, Row);
        }

        void Level(int level)
        {
            for (var s = 0; s < printers.Length; s++) printers[s].Locals(writer, level, kernel.Stages[s].Statements);
        }

        void Row()
        {
            for (var level = 1; level < depth; level++) Level(level);
            rows?.Declare(writer, kernel.Statements, kernel.Outer, kernel.Stages.SelectMany(stage => stage.Inner).Prepend(vector), vector.Name, expr => printers.Max(printer => printer.LevelOf(expr)));
            if (!isFlat) writer.Line($"nint {vector.Name} = 0;");
            var step = element is null ? "1" : "V.Count";
            var names = new HashSet<string>(reserved);
            using (writer.Block($"for (; {vector.Name} + {step} <= {columns}; {vector.Name} += {step})"))
                Vector(dialect, [.. printers.Select(printer => new ExprPrinter(printer, dialect, names))]);
            if (lanes is not { } type) return;
            using (writer.Block($"if ({vector.Name} < {columns})"))
            {
                writer.Line($"var {rest} = V.First({columns} - {vector.Name});");
                var masked = new LaneDialect(type, rows, rest);
                Vector(masked, [.. printers.Select(printer => new ExprPrinter(printer, masked, reserved))]);
            }
        }

        void Vector(Dialect dialect, ImmutableArray<ExprPrinter> printers)
        {
            for (var s = 0; s < printers.Length; s++)
            {
                var (stage, printer) = (kernel.Stages[s], printers[s]);
                foreach (var reduce in stage.Accumulators)
                    writer.Line($"var {reduce.Accumulator} = {(element is null ? ReductionStart(reduce) : dialect.Constant(Identity(reduce.Reduction), reduce.Value.DType))};");
                printer.Locals(writer, depth, stage.Statements);
                ReduceLoops(writer, stage, 0, dialect, sizes, reduce => reduce.Accumulator, accumulator =>
                {
                    for (var level = 1; level <= stage.Inner.Length; level++) printer.Locals(writer, depth + level, stage.Statements);
                    foreach (var reduce in stage.Statements.OfType<ReduceStatement>())
                        writer.Line(Fold(reduce, accumulator(reduce), printer, element is not null));
                    Stores(writer, stage, printer, dialect);
                });
            }
        }
    }

    // ---- Sums over windows ---------------------------------------------------------------------------------------------------

    /// <summary>The axes that tell images apart, and the places of windows are arguments: the template runs through them.</summary>
    private static void PrintWindows(CodeWriter writer, Kernel kernel, WindowSum windows, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes)
    {
        var element = windows.DType.CSharp();
        var images = kernel.Outer.RemoveAt(kernel.Outer.Length - 1);
        var (row, column) = (kernel.Outer[kernel.Outer.Length - 1].Name, kernel.Vector!.Name);
        using var body = writer.Block($"private unsafe struct {kernel.Name} : IWindowSum<{element}>");
        Fields(writer, buffers, sizes, kernel.Statements);
        writer.Line($"private nint {string.Join(", ", images.Select(axis => axis.Name))};");
        var image = Local("image", sizes);
        writer.Blank();
        using (writer.Block($"public (nint Image, nint Weights) Enter(nint {image})"))
        {
            Decode(writer, images, image, declare: false);
            writer.Line($"return ({windows.Image.Offset.ToCSharp()}, {windows.Weights.Offset.ToCSharp()});");
        }
        writer.Blank().Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        using (writer.Block($"public readonly void Store<V>(V {windows.Accumulator}, nint {row}, nint {column}) where V : unmanaged, ILane<V, {element}>"))
        {
            var stage = kernel.Stages[kernel.Stages.Length - 1];
            var axes = kernel.Outer.Select(a => a.Name).Append(column).ToImmutableArray();
            var printer = new ExprPrinter(new LaneDialect(windows.DType), axes, column, stage.Statements, Reserved(kernel, buffers, sizes), accumulator => (accumulator.Text, axes.Length));
            for (var level = 0; level <= axes.Length; level++) printer.Locals(writer, level, stage.Statements);
            Stores(writer, stage, printer, new LaneDialect(windows.DType));
        }
    }

    // How many terms are added up one after the other before their sum joins a larger one: the rounding errors of a long sum stay those of a short one.
    private const int SumBlock = 32;

    private static bool IsFloatSum(ReduceStatement reduce) => reduce is { Reduction: Op.ReduceSum, Value.DType: DType.Float32 or DType.Float64 };

    /// <summary>The loops of a reduction per element, sums in blocks. <paramref name="target"/> says where each reduction is folded at this depth.</summary>
    private static void ReduceLoops(
        CodeWriter writer, Stage stage, int depth, Dialect dialect, ImmutableArray<string> sizes, Func<ReduceStatement, string> target, Action<Func<ReduceStatement, string>> body)
    {
        if (depth == stage.Inner.Length)
        {
            body(target);
            return;
        }
        var (axis, start, size) = (stage.Inner[depth].Name, "0", stage.Inner[depth].Size.ToCSharp());
        if (stage.Range is { } range) (start, size) = ($"(nint){range.First.ToCSharp(atomic: true)}", $"(nint){range.Last.ToCSharp(atomic: true)}");
        var sums = stage.Accumulators.Where(IsFloatSum).ToImmutableArray();
        if (sums.IsEmpty || depth == Planner.Parts || stage.Inner[depth].Size.Constant is <= SumBlock)
        {
            using (writer.Block($"for (nint {axis} = {start}; {axis} < {size}; {axis}++)")) ReduceLoops(writer, stage, depth + 1, dialect, sizes, target, body);
            return;
        }
        string Part(ReduceStatement reduce) => IsFloatSum(reduce) ? Planner.Part(reduce.Accumulator, depth) : target(reduce);
        using (writer.Block($"for (nint {axis} = {start}; {axis} < {size};)"))
        {
            var stop = Local("stop" + depth, sizes);
            writer.Line($"var {stop} = nint.Min({axis} + {SumBlock}, {size});");
            foreach (var sum in sums) writer.Line($"var {Part(sum)} = {dialect.Constant(0, sum.Value.DType)};");
            using (writer.Block($"for (; {axis} < {stop}; {axis}++)")) ReduceLoops(writer, stage, depth + 1, dialect, sizes, Part, body);
            foreach (var sum in sums) writer.Line($"{target(sum)} += {Part(sum)};");
        }
    }

    private static void NestedLoops(CodeWriter writer, ImmutableArray<Axis> axes, int index, Action<int> body)
    {
        if (index == axes.Length)
        {
            body(index);
            return;
        }
        using (writer.Block($"for (nint {axes[index].Name} = 0; {axes[index].Name} < {axes[index].Size.ToCSharp()}; {axes[index].Name}++)"))
            NestedLoops(writer, axes, index + 1, body);
    }

    private static void Stores(CodeWriter writer, Stage stage, ExprPrinter printer, Dialect dialect)
    {
        foreach (var store in stage.Statements.OfType<StoreStatement>())
        {
            var value = printer.Text(store.Value);
            writer.Line(dialect is LaneDialect lanes
                ? lanes.Store(store.Target, store.Combine, value)
                : ScalarDialect.Store($"{store.Target.Buffer.Name}[{store.Target.Offset.ToCSharp()}]", store.Combine, ExprPrinter.Strip(value), "ScalarMath"));
        }
    }

    /// <summary>Whether a later value replaces the first maximum so far: a NaN is larger than everything, as in PyTorch.</summary>
    public static string Exceeds(string value, string best, DType dtype) =>
        dtype is DType.Float32 or DType.Float64 ? $"(!({value} <= {best}) && !{dtype.CSharp()}.IsNaN({best}))" : $"{value} > {best}";

    public static double Identity(Op reduction) => reduction switch
    {
        Op.ReduceSum => 0,
        Op.ReduceMax => double.NegativeInfinity,
        _ => double.PositiveInfinity,
    };

    /// <summary>The statement by which a value joins its reduction.</summary>
    /// <param name="mask">The lanes that do; null: all.</param>
    private static string Fold(ReduceStatement reduce, string accumulator, ExprPrinter printer, bool isLane, string? mask = null)
    {
        var next = isLane && reduce.Reduction == Op.ReduceSum && printer.Factors(reduce.Value) is var (left, right) ? $"V.MultiplyAdd({left}, {right}, {accumulator})" : null;
        var value = ExprPrinter.Strip(printer.Text(reduce.Value));
        if (next is null && mask is null && reduce.Reduction == Op.ReduceSum) return $"{accumulator} += {value};";
        next ??= reduce.Reduction == Op.ReduceSum ? $"{accumulator} + {printer.Text(reduce.Value)}" : $"{(isLane ? "V" : "ScalarMath")}.{Extreme(reduce)}({accumulator}, {value})";
        return $"{accumulator} = {(mask is null ? next : $"V.Select({mask}, {next}, {accumulator})")};";
    }

    private static HashSet<string> Reserved(Kernel kernel, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes)
    {
        var names = new HashSet<string>(buffers.Select(buffer => buffer.Name).Concat(sizes), StringComparer.Ordinal) { "begin", "end", "row", "columns", "rest", "V", "stop", "stop0", "stop1", "stop2" };
        names.UnionWith(kernel.Outer.Select(axis => axis.Name));
        names.UnionWith(kernel.Stages.SelectMany(stage => stage.Inner).Select(axis => axis.Name));
        names.UnionWith(kernel.Statements.OfType<ReduceStatement>().SelectMany(reduce => Planner.Derived(reduce.Accumulator)));
        names.UnionWith(NumbersOf(kernel.Statements));
        if (kernel.Vector is { } vector) names.Add(vector.Name);
        return names;
    }

    // ---- Rows in passes -------------------------------------------------------------------------------------------------------

    private static void PrintRows(CodeWriter writer, Kernel kernel, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes)
    {
        var passes = new List<Action>();
        var outerNames = kernel.Outer.Select(axis => axis.Name).ToImmutableArray();
        var (begin, end, row) = (Local("begin", sizes), Local("end", sizes), Local("row", sizes));
        writer.Blank();
        using (writer.Block($"public readonly void Run(nint {begin}, nint {end})"))
        {
            ForRows(writer, kernel.Outer, begin, end, row, () =>
            {
                var known = new List<(string Type, string Name)>();
                // What is computed per row, between passes, has one scope.
                var names = Reserved(kernel, buffers, sizes);
                for (var s = 0; s < kernel.Stages.Length; s++)
                {
                    var stage = kernel.Stages[s];
                    if (stage.Inner.Length == 0)
                    {
                        var printer = new ExprPrinter(new ScalarDialect("ScalarMath"), outerNames, null, stage.Statements, names, a => (a.Text, outerNames.Length));
                        for (var level = 0; level <= outerNames.Length; level++) printer.Locals(writer, level, stage.Statements);
                        Stores(writer, stage, printer, new ScalarDialect("ScalarMath"));
                        continue;
                    }
                    var name = $"Pass{passes.Count + 1}";
                    var used = known.Where(k => Exprs.Order(stage.Statements).Any(e => e.Kind == ExprKind.Accumulator && e.Text == k.Name)).ToList();
                    PrintPass(writer, kernel, stage, name, used, buffers, sizes, passes);
                    foreach (var reduce in stage.Statements.OfType<ReduceStatement>())
                        known.Add((reduce.Reduction == Op.ArgMax ? "long" : reduce.Value.DType.CSharp(), reduce.Accumulator));
                }
            });
        }
        foreach (var pass in passes) pass();
    }

    private static void PrintPass(
        CodeWriter writer, Kernel kernel, Stage stage, string name, List<(string Type, string Name)> known, ImmutableArray<Buffer> buffers, ImmutableArray<string> sizes, List<Action> passes)
    {
        var vector = stage.Inner[stage.Inner.Length - 1];
        var loops = stage.Inner.RemoveAt(stage.Inner.Length - 1);
        var reductions = stage.Statements.OfType<ReduceStatement>().ToImmutableArray();
        var lanes = Lanes.Of(stage.Statements, vector.Name);
        // Accumulators of earlier passes are per row: they broadcast.
        var element = lanes ?? Lanes.ElementOf(stage.Statements);
        foreach (var reduce in reductions)
        {
            if (reduce.Reduction == Op.ArgMax)
                writer.Line($"long {reduce.Accumulator} = 0;").Line($"{reduce.Value.DType.CSharp()} {reduce.Accumulator}Value = {Dialect.Literal(0, reduce.Value.DType)};");
            else writer.Line($"{reduce.Value.DType.CSharp()} {reduce.Accumulator} = {ReductionStart(reduce)};");
        }
        var outer = kernel.Outer.Select(a => a.Name).Concat(loops.Select(a => a.Name)).ToImmutableArray();
        var arguments = string.Concat(outer.Select(a => a + ", "));
        var tail = string.Concat(known.Select(k => ", " + k.Name)) + string.Concat(reductions.Select(r => ", ref " + r.Accumulator + (r.Reduction == Op.ArgMax ? $", ref {r.Accumulator}Value" : "")));
        var size = vector.Size.ToCSharp();
        var end = Local("end", sizes);
        NestedLoops(writer, loops, 0, _ =>
        {
            if (lanes is { } type) Widest(writer, type, lane => $"{name}<{lane}>({arguments}{size}{tail});");
            else writer.Line($"{name}{(element is { } e ? $"<{Scalar(e)}>" : "")}({arguments}{size}{tail});");
        });
        passes.Add(() =>
        {
            var parameters = string.Concat(outer.Select(a => $"nint {a}, "));
            var more = string.Concat(known.Select(k => $", {k.Type} {k.Name}"))
                + string.Concat(reductions.Select(r => r.Reduction == Op.ArgMax ? $", ref long {r.Accumulator}, ref {r.Value.DType.CSharp()} {r.Accumulator}Value" : $", ref {r.Value.DType.CSharp()} {r.Accumulator}"));
            var constraint = element is { } t ? $" where V : unmanaged, ILane<V, {t.CSharp()}>" : "";
            writer.Blank().Line(Optimized);
            using var body = writer.Block($"private readonly void {name}{(element is null ? "" : "<V>")}({parameters}nint {end}{more}){constraint}");
            Unpack(writer, buffers, sizes, stage.Statements, []);
            var axes = outer.Add(vector.Name);
            var reserved = Reserved(kernel, buffers, sizes);
            var rows = element is null ? null : new RowPointers(reserved);
            Dialect dialect = element is { } e ? new LaneDialect(e, rows) : new ScalarDialect("ScalarMath");
            var printer = new ExprPrinter(dialect, axes, vector.Name, stage.Statements, reserved, a => (element is null ? a.Text : $"V.Broadcast({a.Text})", 0), sharesDivisors: element is not null);
            for (var level = 0; level < axes.Length; level++) printer.Locals(writer, level, stage.Statements);
            rows?.Declare(writer, stage.Statements, kernel.Outer.AddRange(loops), [vector], vector.Name, printer.LevelOf);
            var step = element is null ? "1" : "V.Count";
            writer.Line($"nint {vector.Name} = 0;");
            void Begin(IEnumerable<ReduceStatement> some)
            {
                foreach (var reduce in some) writer.Line($"var {reduce.Accumulator}Lanes = {dialect.Constant(Identity(reduce.Reduction), reduce.Value.DType)};");
            }

            void Finish(IEnumerable<ReduceStatement> some)
            {
                foreach (var reduce in some)
                    writer.Line(reduce.Reduction == Op.ReduceSum
                        ? $"{reduce.Accumulator} += V.Sum({reduce.Accumulator}Lanes);"
                        : $"{reduce.Accumulator} = ScalarMath.{Extreme(reduce)}({reduce.Accumulator}, V.{Extreme(reduce)}({reduce.Accumulator}Lanes));");
            }

            ImmutableArray<ReduceStatement> sums = element is null ? [] : [.. reductions.Where(IsFloatSum)], others = element is null ? [] : [.. reductions.Where(reduce => !IsFloatSum(reduce))];
            Begin(others);
            if (element is not null && reductions is [{ Reduction: Op.ReduceMax or Op.ReduceMin } extreme] && stage.Statements.Length == 1 && IsLoaded(extreme.Value)) FoldSideBySide(extreme);
            var stop = sums.IsEmpty ? end : Local("stop", sizes);
            CodeWriter.Scope? blocks = sums.IsEmpty ? null : writer.Block($"while ({vector.Name} + {step} <= {end})");
            if (!sums.IsEmpty) writer.Line($"var {stop} = nint.Min({vector.Name} + {SumBlock} * V.Count, {end});");
            Begin(sums);
            using (writer.Block($"for (; {vector.Name} + {step} <= {stop}; {vector.Name} += {step})")) Vector(dialect, new ExprPrinter(printer, dialect, [.. reserved]), null);
            Finish(sums);
            blocks?.Dispose();
            if (lanes is { } type)
            {
                using var partial = writer.Block($"if ({vector.Name} < {end})");
                var rest = Local("rest", sizes);
                writer.Line($"var {rest} = V.First({end} - {vector.Name});");
                Begin(sums);
                var masked = new LaneDialect(type, rows, rest);
                Vector(masked, new ExprPrinter(printer, masked, reserved), rest);
                Finish(sums);
            }
            Finish(others);

            void Vector(Dialect dialect, ExprPrinter printer, string? mask)
            {
                printer.Locals(writer, axes.Length, stage.Statements);
                Stores(writer, stage, printer, dialect);
                foreach (var reduce in reductions)
                {
                    if (reduce.Reduction == Op.ArgMax)
                    {
                        var value = printer.Text(reduce.Value);
                        var best = reduce.Accumulator + "Value";
                        using (writer.Block($"if ({vector.Name} == 0 || {Exceeds(value, best, reduce.Value.DType)})"))
                            writer.Line($"{reduce.Accumulator} = {reduce.Index.ToCSharp()};").Line($"{best} = {ExprPrinter.Strip(value)};");
                    }
                    else writer.Line(Fold(reduce, element is null ? reduce.Accumulator : reduce.Accumulator + "Lanes", printer, element is not null, mask));
                }
            }

            // Each maximum waits for the one before: four at a time, of every fourth vector, take little longer than one.
            void FoldSideBySide(ReduceStatement reduce)
            {
                var (sides, whole) = (Planner.Sides(reduce.Accumulator), new ExprPrinter(printer, dialect, [.. reserved]));
                writer.Line($"V {string.Join(", ", sides.Skip(1).Select(lanes => $"{lanes} = {sides[0]}"))};");
                using (writer.Block($"while ({vector.Name} + 4 * {step} <= {end})"))
                    foreach (var lanes in sides) writer.Line($"{Fold(reduce, lanes, whole, isLane: true)} {vector.Name} += {step};");
                writer.Line($"{sides[0]} = V.{Extreme(reduce)}(V.{Extreme(reduce)}({sides[0]}, {sides[1]}), V.{Extreme(reduce)}({sides[2]}, {sides[3]}));");
            }
        });
    }

    /// <summary>An element of memory, or its size or negative: no local is needed for it.</summary>
    private static bool IsLoaded(Expr value) => value.Kind == ExprKind.Load || value is { Kind: ExprKind.Operation, Op: Op.Abs or Op.Neg, Inputs: [{ Kind: ExprKind.Load }], Name: null };

    private static string Extreme(ReduceStatement reduce) => reduce.Reduction == Op.ReduceMax ? "Max" : "Min";

    private static string ReductionStart(ReduceStatement reduce)
    {
        if (reduce.Value.DType == DType.Int64 && reduce.Reduction != Op.ReduceSum) return reduce.Reduction == Op.ReduceMax ? "long.MinValue" : "long.MaxValue";
        return Dialect.Literal(Identity(reduce.Reduction), reduce.Value.DType);
    }

    // ---- Epilogues ------------------------------------------------------------------------------------------------------------

    public static void Print(CodeWriter writer, Gemm gemm)
    {
        var buffers = BuffersOf(gemm.Epilogue.SelectMany(Exprs.Loads).Concat(gemm.Epilogue.Select(s => s.Target)));
        var sizes = EpilogueSizes(gemm);
        // A tile inlines the epilogue once per vector. Beyond three instructions or so the JIT runs out of variables to keep in registers, the sums
        // first: with a soft threshold inside, a 64x500x500 product falls from 105 to 50 GFLOP/s, and to 91 only with it over finished tiles.
        static int Instructions(Expr e) => e.Op == Op.SoftThreshold ? 8 : Emission.Cost(e.Op) - (LaneDialect.IsLimit(e) ? 1 : 0);
        var isHeavy = Exprs.Order(gemm.Epilogue).Where(e => e.Kind == ExprKind.Operation).Sum(Instructions) > 3;
        var element = gemm.DType.CSharp();
        writer.Blank();
        Comments.Describe(writer, gemm);
        using var body = writer.Block($"private unsafe struct {gemm.Name} : IEpilogue<{element}>");
        Fields(writer, buffers, sizes, gemm.Epilogue);
        writer.Blank().Line($"public static bool IsHeavy => {(isHeavy ? "true" : "false")};");
        var batch = gemm.Batch.Length == 1 ? gemm.Batch[0].Name : Local("batch", sizes);
        var dot = Local(Gemm.Accumulator, sizes);
        writer.Blank().Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        using (writer.Block($"public readonly void Store<V>(V {dot}, nint {batch}, nint {gemm.Row.Name}, nint {gemm.Column.Name}) where V : unmanaged, ILane<V, {element}>"))
        {
            if (gemm.Batch.Length > 1) Decode(writer, gemm.Batch, batch);
            var axes = gemm.Batch.Select(a => a.Name).Append(gemm.Row.Name).Append(gemm.Column.Name).ToImmutableArray();
            var reserved = new HashSet<string>(buffers.Select(b => b.Name).Concat(sizes).Concat(axes).Concat(NumbersOf(gemm.Epilogue))) { dot, batch, "V" };
            var printer = new ExprPrinter(new LaneDialect(gemm.DType), axes, gemm.Column.Name, gemm.Epilogue, reserved, _ => (dot, axes.Length));
            for (var level = 0; level <= axes.Length; level++) printer.Locals(writer, level, gemm.Epilogue);
            Stores(writer, new Stage([], [.. gemm.Epilogue]), printer, new LaneDialect(gemm.DType));
        }
    }

    public static ImmutableArray<string> EpilogueSizes(Gemm gemm)
    {
        var own = new HashSet<string>(gemm.Batch.Select(a => a.Name)) { gemm.Row.Name, gemm.Column.Name };
        var names = new SortedSet<string>(gemm.Epilogue.SelectMany(NamesOf), StringComparer.Ordinal);
        if (gemm.Batch.Length > 1) names.UnionWith(gemm.Batch.SelectMany(axis => axis.Size.Names()));
        names.ExceptWith(own);
        return [.. names];
    }
}
