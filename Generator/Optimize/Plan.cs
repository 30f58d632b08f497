using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>Who owns the memory of a buffer.</summary>
internal enum BufferKind
{
    /// <summary>An argument of the method.</summary>
    Input,

    /// <summary>A parameter or buffer of the model.</summary>
    Weight,

    /// <summary>A destination that the caller gives: results and gradients.</summary>
    Output,

    /// <summary>Memory of the instance's arena.</summary>
    Temporary,
}

/// <summary>A contiguous block of memory that steps read and write.</summary>
internal sealed class Buffer(string name, DType dtype, Dim count, BufferKind kind)
{
    /// <summary>Unique in the plan; a C# identifier made from the user's names.</summary>
    public string Name { get; } = name;

    public DType DType { get; } = dtype;

    /// <summary>Number of elements.</summary>
    public Dim Count { get; } = count;

    public BufferKind Kind { get; } = kind;

    /// <summary>Which slot of the arena a temporary lives in; slots are shared by buffers of equal size that never live together.</summary>
    public int Slot { get; set; } = -1;

    public Dim Bytes => Count * Dim.Of(DType.Size());

    public override string ToString() => Name;
}

/// <summary>An element of a buffer, as a formula over axes, counters and sizes.</summary>
internal sealed record Access(Buffer Buffer, Dim Offset)
{
    /// <summary>Of a load: where one does not hold there is no element, and zero is read.</summary>
    public ImmutableArray<Guard> Guards { get; init; } = [];

    /// <summary>Everything that tells what is read.</summary>
    public IEnumerable<Dim> Formulas => Guards.SelectMany(guard => new[] { guard.At, guard.Size }).Prepend(Offset);

    public bool Mentions(string axis) => Formulas.Any(formula => formula.Mentions(axis));

    public Access Rewrite(Func<Dim, Dim> rewrite) => new(Buffer, rewrite(Offset)) { Guards = [.. Guards.Select(guard => new Guard(rewrite(guard.At), rewrite(guard.Size)))] };

    public override string ToString() => $"{Buffer.Name}[{Offset}]" + string.Concat(Guards);
}

/// <summary>The position is one of an axis: from 0 to below the size.</summary>
internal sealed record Guard(Dim At, Dim Size)
{
    public override string ToString() => $" if 0 <= {At} < {Size}";
}

/// <summary>A loop of a kernel.</summary>
internal sealed record Axis(string Name, Dim Size)
{
    public Dim Index { get; } = Dim.Counter(Name, Size);

    public override string ToString() => $"{Name} < {Size}";
}

/// <summary>What a scalar expression of a kernel is.</summary>
internal enum ExprKind
{
    /// <summary>An element of a buffer.</summary>
    Load,

    /// <summary>A literal.</summary>
    Constant,

    /// <summary>The value of a dim over axes, counters and sizes, converted to the element type.</summary>
    Index,

    /// <summary>A float constructor parameter, or a <see cref="ScalarStatement"/>.</summary>
    Number,

    /// <summary>A pointwise operation.</summary>
    Operation,

    /// <summary>A position in memory that data tell: offsets mention it by its name, and what has such an offset has it among its inputs.</summary>
    Position,

    /// <summary>The result of a reduction of the same kernel, or the finished element of the GEMM.</summary>
    Accumulator,
}

/// <summary>A scalar expression of a kernel: a graph, shared within the kernel, so that nothing is computed twice.</summary>
internal sealed class Expr(ExprKind kind, DType dtype, int number)
{
    /// <summary>Its place among the expressions of a pass.</summary>
    public int Number { get; } = number;

    public override int GetHashCode() => Number;

    public ExprKind Kind { get; } = kind;

    public DType DType { get; } = dtype;

    public Op Op { get; init; }

    public ImmutableArray<Expr> Inputs { get; init; } = [];

    public Access? Access { get; init; }

    public Dim Index { get; init; } = Dim.Zero;

    public double Value { get; init; }

    /// <summary>Of a Number: the constructor parameter. Of an accumulator or a position: its name.</summary>
    public string Text { get; init; } = "";

    /// <summary>The user's name for the value, if any.</summary>
    public string? Name { get; init; }

    /// <summary>A position, or part of what computes one: one number, also where the values are lanes of many.</summary>
    public bool IsScalar { get; init; }

    /// <summary>True where the value depends on the axis (loads and indices that mention it, and all above them).</summary>
    public bool DependsOn(string axis) =>
        (Kind == ExprKind.Load && Access!.Mentions(axis)) || (Kind == ExprKind.Index && Index.Mentions(axis)) || Inputs.Any(input => input.DependsOn(axis));
}

/// <summary>One effect of a stage, per element of its loops.</summary>
internal abstract record Statement(Expr Value)
{
    /// <summary>The expressions that the statement needs.</summary>
    public virtual ImmutableArray<Expr> Roots => [Value];
}

/// <summary>Writes the value to memory.</summary>
/// <param name="Combine">What joins it with the value that is there (Add, Max or Min); null: it replaces that.</param>
internal sealed record StoreStatement(Access Target, Expr Value, Op? Combine = null) : Statement(Value)
{
    /// <summary>The positions that the target's offset mentions.</summary>
    public ImmutableArray<Expr> Positions { get; init; } = [];

    public override ImmutableArray<Expr> Roots => Positions.Add(Value);
}

/// <summary>Folds the value into an accumulator by ReduceSum, ReduceMax, ReduceMin or ArgMax.</summary>
internal sealed record ReduceStatement(string Accumulator, Op Reduction, Expr Value, Dim Index) : Statement(Value)
{
    /// <summary>The positions that tell where its range starts and ends.</summary>
    public ImmutableArray<Expr> Positions { get; init; } = [];

    public override ImmutableArray<Expr> Roots => Positions.Add(Value);
}

/// <summary>A number that a method computes once for a computation, before it.</summary>
internal sealed record ScalarStatement(string Name, Expr Value) : Statement(Value);

/// <summary>The part of an axis that belongs to one index of an outer axis; over all of them it is run through once.</summary>
/// <param name="First">A formula over positions.</param>
/// <param name="Last">Where it ends: the position after the last.</param>
internal sealed record Range(Dim First, Dim Last, Axis Of);

/// <summary>The statements of one pass over the inner axes.</summary>
internal sealed record Stage(ImmutableArray<Axis> Inner, ImmutableArray<Statement> Statements)
{
    /// <summary>What a pass runs through of its only inner axis, where that is not all of it.</summary>
    public Range? Range { get; init; }

    /// <summary>A reduction of each accumulator: its terms may be several.</summary>
    public IEnumerable<ReduceStatement> Accumulators => Statements.OfType<ReduceStatement>().GroupBy(reduce => reduce.Accumulator, StringComparer.Ordinal).Select(terms => terms.First());

    /// <summary>The axes that are run through as a whole.</summary>
    public ImmutableArray<Axis> Whole => Range is null ? Inner : [];

    /// <summary>How often the statements are run, for each element of <paramref name="around"/>, all told.</summary>
    public Dim Count(IEnumerable<Axis> around) =>
        Dim.Product(around.Where(axis => axis != Range?.Of).Concat(Inner).Select(axis => axis.Size));
}

/// <summary>One thing that the generated method does.</summary>
internal abstract class Step
{
    /// <summary>The user's expressions that this step computes, for comments.</summary>
    public ImmutableArray<Surface> Sources { get; init; } = [];

    /// <summary>Floating-point operations, as a formula.</summary>
    public Dim Flops { get; init; } = Dim.Zero;

    /// <summary>Bytes read and written, as a formula.</summary>
    public Dim Bytes { get; init; } = Dim.Zero;

    public abstract IEnumerable<Access> Reads();

    public abstract IEnumerable<Access> Writes();
}

/// <summary>A step with a struct of its own in the generated class.</summary>
internal abstract class Computation(string name) : Step
{
    /// <summary>The name of the struct; <see cref="KernelNames"/> makes equal structs of a class one.</summary>
    public string Name { get; set; } = name;
}

/// <summary>
/// A fused nest of loops. With a <see cref="Vector"/> axis: every element of outer axes x vector axis runs all stages, lanes are adjacent
/// elements of the vector axis, inner axes are loops per element (a map, or a reduction over axes that are not adjacent in memory).
/// Without: every row of the outer axes runs the stages one after another, each looping over its inner axes with lanes along the last one
/// (a reduction over adjacent memory, and everything that depends on it while the row is in cache).
/// </summary>
internal sealed class Kernel(string name, ImmutableArray<Axis> outer, Axis? vector, ImmutableArray<Stage> stages) : Computation(name)
{
    /// <summary>Where not null: the first stage is a sum over windows, and the second one, without loops, what becomes of it.</summary>
    public WindowSum? Windows { get; init; }

    public ImmutableArray<Axis> Outer { get; } = outer;

    public Axis? Vector { get; } = vector;

    public ImmutableArray<Stage> Stages { get; } = stages;

    public IEnumerable<Statement> Statements => Stages.SelectMany(stage => stage.Statements);

    /// <summary>Every loop of the nest.</summary>
    public IEnumerable<Axis> Axes => Outer.Concat(Vector is { } vector ? [vector] : []).Concat(Stages.SelectMany(stage => stage.Inner));

    public override IEnumerable<Access> Reads() => Statements.SelectMany(Exprs.Loads)
        .Concat(Statements.OfType<StoreStatement>().Where(s => s.Combine is not null).Select(s => s.Target));

    public override IEnumerable<Access> Writes() => Statements.OfType<StoreStatement>().Select(s => s.Target);
}

/// <summary>
/// The sum of products of the windows of an image with weights. The last outer axis and the vector axis are the places of windows, one element apart; the others tell images apart.
/// </summary>
/// <param name="Image">The first element of an image's first window.</param>
/// <param name="ImageRow">Elements from a row of an image to the next; those of a row are adjacent.</param>
/// <param name="Weights">The first weight for an image.</param>
internal sealed record WindowSum(string Accumulator, DType DType, Dim Height, Dim Width, Access Image, Dim ImageRow, Access Weights, Dim WeightRow, Dim WeightColumn);

/// <summary>Which signs the elements of a matrix stand for, as the templates call them.</summary>
internal enum Signs
{
    /// <summary>1 where the element is 0 or above, -1 elsewhere.</summary>
    Binary,

    /// <summary>1 above 0, -1 below, 0 elsewhere.</summary>
    Ternary,
}

/// <summary>A batch of matrix products; the epilogue consumes each finished element.</summary>
internal sealed class Gemm(
    string name, DType dtype, ImmutableArray<Axis> batch, Axis row, Axis column, Dim depth, Operand left, Operand right, ImmutableArray<StoreStatement> epilogue) : Computation(name)
{
    public const string Accumulator = "dot";

    public DType DType { get; } = dtype;

    public ImmutableArray<Axis> Batch { get; } = batch;

    public Axis Row { get; } = row;

    public Axis Column { get; } = column;

    public Dim Depth { get; } = depth;

    public Operand Left { get; } = left;

    public Operand Right { get; } = right;

    public ImmutableArray<StoreStatement> Epilogue { get; } = epilogue;

    /// <summary>Numbers that the epilogue uses.</summary>
    public ImmutableArray<ScalarStatement> Scalars { get; init; } = [];

    /// <summary>Where not null: the product is that of the signs of the elements.</summary>
    public (Signs Left, Signs Right)? Signs { get; init; }

    /// <summary>Where not null: rows (or, with an axis for the groups, the depth) are shared out among groups, each of which is a product of its own.</summary>
    public Groups? Groups { get; init; }

    public override IEnumerable<Access> Reads() =>
        new[] { new Access(Left.Buffer, Left.Offset), new Access(Right.Buffer, Right.Offset), Groups?.Ranges, Groups?.Order }.OfType<Access>()
            .Concat(Left.Tables.Concat(Right.Tables).Select(table => new Access(table, Dim.Zero))).Concat(Epilogue.SelectMany(Exprs.Loads));

    public override IEnumerable<Access> Writes() => Epilogue.Select(s => s.Target);
}

/// <summary>The rows of each group.</summary>
/// <param name="Count">The number of groups.</param>
/// <param name="Ranges">From which place of the order to before which other.</param>
/// <param name="Order">The rows, group by group; null where they lie so.</param>
internal sealed record Groups(Dim Count, Access Ranges, Access? Order);

/// <summary>One item of a routine after another: where the first starts, and how many elements an item has.</summary>
internal sealed record Item(Access Start, Dim Size);

/// <summary>A routine of the run-time library for each item of a batch.</summary>
internal sealed class Call(string name, string routine, Dim batch, ImmutableArray<Item> operands, Item result, ImmutableArray<Dim> numbers) : Computation(name)
{
    public string Routine { get; } = routine;

    public Dim Batch { get; } = batch;

    /// <summary>The lines of an item, each a computation of its own; null: it is one computation.</summary>
    public Dim? Lines { get; init; }

    /// <summary>How many doubles a computation works in; null: none.</summary>
    public Dim? Work { get; init; }

    /// <summary>The sizes of an item, then the numbers that choose what is computed.</summary>
    public ImmutableArray<Dim> Numbers { get; } = numbers;

    /// <summary>What the routine is given, in its order: the operands, then the result.</summary>
    public ImmutableArray<Item> Items { get; } = operands.Add(result);

    public override IEnumerable<Access> Reads() => Items.Take(Items.Length - 1).Select(item => item.Start);

    public override IEnumerable<Access> Writes() => [Items[Items.Length - 1].Start];
}

/// <summary>
/// A matrix (or batch of them) in a buffer: element (batch, row, column) lies at the offset plus what each of the three adds. So windows of an image
/// are a matrix as they lie.
/// </summary>
internal sealed record Operand(Buffer Buffer, Dim Offset, OperandAxis Batch, OperandAxis Row, OperandAxis Column)
{
    /// <summary>Where not null: columns are 3 x 3 windows of an image, one element apart and so many beside one another, and every nine rows what a channel has in them.</summary>
    public Dim? Windows { get; init; }

    public bool HasTables => Tables.Any();

    public IEnumerable<Buffer> Tables => new[] { Batch.Table, Row.Table, Column.Table }.OfType<Buffer>();
}

/// <summary>What an index adds to an offset, in elements: a multiple of itself, or what a table says.</summary>
internal sealed record OperandAxis(Dim Stride, Buffer? Table);

/// <summary>A counted loop of steps. After every iteration the pairs of <see cref="Swaps"/> exchange their memory.</summary>
internal sealed class LoopStep(string counter, Dim trips, ImmutableArray<Step> body, ImmutableArray<(Buffer Current, Buffer Next)> swaps) : Step
{
    public string Counter { get; } = counter;

    public Dim Trips { get; } = trips;

    public ImmutableArray<Step> Body { get; } = body;

    public ImmutableArray<(Buffer Current, Buffer Next)> Swaps { get; } = swaps;

    /// <summary>The loop goes on while this scalar is above a tolerance.</summary>
    public (Access Value, double Tolerance, string Name)? Stop { get; init; }

    /// <summary>The products inside whose right matrix no iteration changes.</summary>
    public IEnumerable<Gemm> Multipliers()
    {
        var written = new HashSet<Buffer>(Writes().Select(access => access.Buffer));
        var counters = new List<string>();
        return Within(this).Where(gemm => gemm.Groups is null && gemm.Signs is null && !gemm.Left.HasTables && !gemm.Right.HasTables && !written.Contains(gemm.Right.Buffer)
            && (gemm.Batch.Length == 0 || gemm.Right.Batch.Stride.IsZero)
            && !new[] { gemm.Row.Size, gemm.Column.Size, gemm.Depth, gemm.Right.Offset, gemm.Right.Row.Stride, gemm.Right.Column.Stride }.Any(size => counters.Exists(size.Mentions))).ToList();

        IEnumerable<Gemm> Within(LoopStep loop)
        {
            counters.Add(loop.Counter);
            return loop.Body.SelectMany(step => step is LoopStep inner ? Within(inner) : step is Gemm gemm ? [gemm] : []).ToList();
        }
    }

    public override IEnumerable<Access> Reads() => Body.SelectMany(step => step.Reads()).Concat(Swaps.Select(s => new Access(s.Current, Dim.Zero)))
        .Concat(Stop is { } stop ? [stop.Value] : []);

    public override IEnumerable<Access> Writes() =>
        Body.SelectMany(step => step.Writes()).Concat(Swaps.SelectMany(s => new[] { new Access(s.Current, Dim.Zero), new Access(s.Next, Dim.Zero) }));
}

/// <summary>Why two computations were not fused.</summary>
internal sealed record Refusal(string What, string Why)
{
    /// <summary>The user's expression that became a kernel of its own.</summary>
    public Surface? Source { get; init; }
}

/// <summary>What a compiled method does, with everything decided: the printers only spell it.</summary>
internal sealed class Plan(Function function, ImmutableArray<Step> steps, ImmutableArray<Buffer> buffers, ImmutableArray<Buffer> outputs, ImmutableArray<Dim> slots, ImmutableArray<Refusal> refusals, ISet<string> names)
{
    public Function Function { get; } = function;

    public ImmutableArray<Step> Steps { get; } = steps;

    public ImmutableArray<Buffer> Buffers { get; } = buffers;

    /// <summary>The destination of each result, in order.</summary>
    public ImmutableArray<Buffer> Outputs { get; } = outputs;

    /// <summary>How many steps, the first ones, sizes alone determine.</summary>
    public int Tables { get; init; }

    /// <summary>How many slots, the first ones, hold what those steps write, and nothing else.</summary>
    public int TableSlots { get; init; }

    /// <summary>Bytes of each slot of the arena.</summary>
    public ImmutableArray<Dim> Slots { get; } = slots;

    public ImmutableArray<Refusal> Refusals { get; } = refusals;

    /// <summary>The names of sizes, counters and numbers, and those that printers may make of the names of buffers (<see cref="Planner.Derived"/>).</summary>
    public ISet<string> Names { get; } = names;

    /// <summary>The computations in order, those of loops included.</summary>
    public IEnumerable<Computation> Computations => Within(Steps);

    private static IEnumerable<Computation> Within(IEnumerable<Step> steps) =>
        steps.SelectMany(step => step is LoopStep loop ? Within(loop.Body) : [(Computation)step]);

    /// <summary>Whether a step reads an argument of the method.</summary>
    public bool Reads(string argument)
    {
        _accessed ??= [.. Steps.SelectMany(step => step.Reads().Concat(step.Writes())).Select(access => access.Buffer)];
        return Function.Arguments.Items.ToList().FindIndex(a => a.Kind == ArgumentKind.Input && a.Name == argument) is >= 0 and var i && _accessed.Contains(Buffers[i]);
    }

    private HashSet<Buffer>? _accessed;

    public Dim Flops => Dim.Sum(Steps.Select(step => step.Flops));

    public Dim Bytes => Dim.Sum(Steps.Select(step => step.Bytes));
}

internal static class Exprs
{
    /// <summary>Every load that a statement needs, each once.</summary>
    public static IEnumerable<Access> Loads(Statement statement)
    {
        var seen = new HashSet<Expr>();
        var stack = new Stack<Expr>(statement.Roots);
        while (stack.Count > 0)
        {
            var expr = stack.Pop();
            if (!seen.Add(expr)) continue;
            if (expr.Kind == ExprKind.Load) yield return expr.Access!;
            foreach (var input in expr.Inputs) stack.Push(input);
        }
    }

    /// <summary>Whether an element may be computed twice: nothing that the statements write is read by them.</summary>
    public static bool IsIdempotent(IEnumerable<Statement> statements)
    {
        var stores = statements.OfType<StoreStatement>().ToArray();
        var written = new HashSet<Buffer>(stores.Select(store => store.Target.Buffer));
        return stores.All(store => store.Combine is null) && !statements.SelectMany(Loads).Any(load => written.Contains(load.Buffer));
    }

    /// <summary>Every expression that statements need, operands first, each once.</summary>
    public static ImmutableArray<Expr> Order(IEnumerable<Statement> statements) => Order(statements.SelectMany(statement => statement.Roots));

    /// <summary>Every expression below the roots, operands first, each once.</summary>
    public static ImmutableArray<Expr> Order(IEnumerable<Expr> roots)
    {
        var order = ImmutableArray.CreateBuilder<Expr>();
        var seen = new HashSet<Expr>();
        var stack = new Stack<(Expr Expr, int Next)>();
        foreach (var root in roots)
        {
            if (seen.Add(root)) stack.Push((root, 0));
            while (stack.Count > 0)
            {
                var (expr, next) = stack.Pop();
                if (next == expr.Inputs.Length)
                {
                    order.Add(expr);
                    continue;
                }
                stack.Push((expr, next + 1));
                if (seen.Add(expr.Inputs[next])) stack.Push((expr.Inputs[next], 0));
            }
        }
        return order.ToImmutable();
    }
}
