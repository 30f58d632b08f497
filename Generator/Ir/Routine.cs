using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>
/// What the planner has to know of a routine of <c>Proxima.Runtime.Routines</c>, which computes one item of a batch: the last axes of operands and result are an item's, those before them the batch.
/// The numbers of the node follow the sizes as arguments.
/// </summary>
/// <param name="Operands">How many axes of each operand belong to an item.</param>
/// <param name="Result">How many axes of the result do.</param>
/// <param name="Sizes">The sizes that the routine takes, from those of the operands' items and of the result's, one after the other.</param>
/// <param name="Item">The shape of a result's item, from those sizes.</param>
/// <param name="Work">The doubles that it works in, from those sizes; null: none.</param>
/// <param name="Flops">What an item costs.</param>
internal sealed record Routine(
    ImmutableArray<int> Operands, int Result, Func<ImmutableArray<Dim>, ImmutableArray<Dim>> Sizes, Func<ImmutableArray<Dim>, ImmutableArray<Dim>> Item,
    Func<ImmutableArray<Dim>, Dim>? Work, Func<ImmutableArray<Dim>, Dim> Flops)
{
    private static readonly Dictionary<string, Routine> s_routines = new(StringComparer.Ordinal)
    {
        ["CumSum"] = Scan([1], null),
        ["LinearScan"] = Scan([1, 1], null),
        ["LogCumSumExp"] = Scan([1], _ => Dim.One),
        ["ArgCumMax"] = Scan([1], null),
        ["ArgSort"] = Scan([1], s => s[0]) with { Flops = s => s[0] * Dim.Of(20) },
        ["TautString"] = new([1, 1], 1, s => [s[0]], s => [s[0]], s => Dim.Of(8) * s[0], s => s[0] * Dim.Of(40)),
        ["PoolAdjacent"] = new([1], 1, s => [s[0]], s => [s[0]], s => Dim.Of(2) * s[0], s => s[0] * Dim.Of(10)),
        ["StepCheck"] = new([1], 1, _ => [], _ => [Dim.One], null, _ => Dim.One) { IsRequirement = true },
        ["SearchSorted"] = new([1, 1], 1, s => [s[0], s[1]], s => [s[1]], null, s => s[1] * Dim.Of(20)),
        ["Fft"] = Fourier(4, 4, s => [s[1], s[2], s[3]], Complex, 50),
        ["Rfft"] = Fourier(3, 4, s => [s[0], s[1], s[2]], s => Complex([s[0], Half(s[1]), s[2]]), 25),
        ["Irfft"] = Fourier(4, 3, s => [s[4], s[5], s[6]], s => s, 25) with { Operand = s => Complex([s[0], Half(s[1]), s[2]]) },
        ["Cholesky"] = new([2], 2, s => [s[0]], s => [s[0], s[0]], s => s[0] * s[0], s => Dim.FloorDiv(Cube(s[0]), Dim.Of(3))),
        ["Solve"] = new([2, 2], 2, s => [s[0], s[3]], s => [s[0], s[1]], s => s[0] * (s[0] + s[1]), s => s[0] * s[0] * (s[0] + Dim.Of(2) * s[1])),
        ["ActiveSet"] = new([2, 1], 1, s => [s[0]], s => [s[0]], s => s[0] * (s[0] + Dim.Of(3)), s => s[0] * Cube(s[0])),
        ["TriangularSolve"] = new([2, 2], 2, s => [s[0], s[3]], s => [s[0], s[1]], s => s[0] * s[1], s => s[0] * s[0] * s[1]),
        ["SlogDet"] = new([2], 1, s => [s[0]], _ => [Dim.Of(2)], s => s[0] * s[0], s => Cube(s[0])),
        ["Qr"] = new([2], 2, s => [s[0], s[1]], s => [s[0] + s[1], s[1]], s => Dim.Of(2) * s[0] * s[1] + s[1], s => Dim.Of(4) * s[0] * s[1] * s[1]),
        ["Eigh"] = new([2], 2, s => [s[0]], s => [s[0] + Dim.One, s[0]], s => Dim.Of(2) * s[0] * s[0], s => Dim.Of(60) * Cube(s[0])),
        ["Svd"] = new([2], 2, s => [s[0], s[1]], s => [s[0] + s[1] + Dim.One, s[1]], s => s[1] * (s[0] + s[1] + Dim.One), s => Dim.Of(60) * (s[0] + s[1]) * s[1] * s[1]),
        ["MatrixExp"] = new([2], 2, s => [s[0]], s => [s[0], s[0]], s => Dim.Of(3) * s[0] * s[0], s => Dim.Of(40) * Cube(s[0])),
        ["MatrixExpFrechet"] = new([2, 2], 2, s => [s[0]], s => [s[0], s[0]], s => Dim.Of(6) * s[0] * s[0], s => Dim.Of(120) * Cube(s[0])),
    };

    /// <summary>A Fourier transform of each of the lines of an item of sizes [before n after]; of complex items the real parts come first.</summary>
    private static Routine Fourier(int operand, int result, Func<ImmutableArray<Dim>, ImmutableArray<Dim>> sizes, Func<ImmutableArray<Dim>, ImmutableArray<Dim>> item, int flops) =>
        new([operand], result, sizes, item, s => s[1] * Dim.Of(20) + Dim.Of(8), s => s[0] * s[1] * s[2] * Dim.Of(flops)) { Lines = s => s[0] * s[2] };

    private static ImmutableArray<Dim> Complex(ImmutableArray<Dim> sizes) => sizes.Insert(0, Dim.Of(2));

    /// <summary>How many of the values of a transform of n real numbers are not conjugates of others.</summary>
    public static Dim Half(Dim n) => Dim.FloorDiv(n, Dim.Of(2)) + Dim.One;

    private static Dim Cube(Dim n) => n * n * n;

    private static Routine Scan(ImmutableArray<int> operands, Func<ImmutableArray<Dim>, Dim>? work) => new(operands, 1, s => [s[0]], s => [s[0]], work, s => s[0] * Dim.Of(2));

    /// <summary>How many lines an item has, each a computation of its own, with its own work; null: it is one computation.</summary>
    public Func<ImmutableArray<Dim>, Dim>? Lines { get; init; }

    /// <summary>The shape of the first operand's item, where the routine's sizes are not taken from it.</summary>
    public Func<ImmutableArray<Dim>, ImmutableArray<Dim>>? Operand { get; init; }

    /// <summary>Whether the host refuses what the routine gives NaN for: by <c>Require</c> instead of <c>Check</c>, of the same three numbers of an item.</summary>
    public bool IsRequirement { get; init; }

    /// <summary>The routine of a name, or null.</summary>
    public static Routine? Find(string name) => s_routines.TryGetValue(name, out var routine) ? routine : null;

    /// <summary>The routine of a Call.</summary>
    public static Routine Of(Node call) => s_routines[call.Text];

    public ImmutableArray<Dim> SizesOf(Node call) =>
        Sizes([.. call.Inputs.SelectMany((operand, i) => operand.Shape.Skip(operand.Rank - Operands[i])), .. call.Shape.Skip(call.Rank - Result)]);

    /// <summary>The axes of the batch.</summary>
    public ImmutableArray<Dim> BatchOf(Node operand) => [.. operand.Shape.Take(operand.Rank - Operands[0])];
}
