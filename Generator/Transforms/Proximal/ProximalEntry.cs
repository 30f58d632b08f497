using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>An entry of the catalogue: a function and its proximal operator, declared in the language by a pair of methods.</summary>
/// <param name="Rule">What the operator's <c>[ProxRule]</c> says.</param>
/// <param name="Parameters">How many arguments the function has besides x.</param>
/// <param name="Value">The function on arguments of given types: x, then its parameters. Null where it does not take them.</param>
/// <param name="Operator">The operator on arguments of given types: x, the step unless it is a set, then the parameters.</param>
/// <param name="Members">The names of all methods of its class: it may have a <c>LinearMinimizer(slope, ..)</c> and a <c>MirrorStep(x, slope, ..)</c>.</param>
/// <param name="Member">One of these on arguments of given types.</param>
internal sealed record ProximalEntry(
    string Name, TransformDeclaration Rule, int Parameters, Func<ImmutableArray<TensorType>, Function?> Value, Func<ImmutableArray<TensorType>, Function?> Operator,
    ImmutableArray<string> Members, Func<string, ImmutableArray<TensorType>, Function?> Member)
{
    private readonly TransformOptions _options = new(Rule);

    private readonly int? _dims;

    /// <summary>How many of the last dimensions of x it takes together.</summary>
    public int Dims
    {
        get => _dims ?? _options.Int("Dims", 0);
        init => _dims = value;
    }

    public bool IsSet => _options.Flag("IsSet");

    public bool IsConvex => !_options.Flag("IsNonconvex");

    public bool IsHomogeneous => _options.Flag("IsHomogeneous");

    public bool IsSymmetric => _options.Flag("IsSymmetric");

    public bool IsLength => _options.Flag("IsLength");

    public bool FollowsHomogeneous => _options.Flag("FollowsHomogeneous");

    public bool PrecedesAlike => _options.Flag("PrecedesAlike");

    public bool FollowsSeparable => _options.Flag("FollowsSeparable");

    public string Source => _options.Text("Source", "");
}

/// <summary>Why there is no proximal operator, or none that a rule gives.</summary>
/// <param name="at">The part of the function that has none.</param>
internal sealed class NoProximalOperatorException(string message, Surface? at = null) : Exception(message)
{
    public Surface? At { get; } = at;
}
