using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;

namespace Proxima.Tests;

/// <summary>Inputs of the class's methods are drawn from 0.2 to 3 instead of a normal distribution.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PositiveAttribute : Attribute;

/// <summary>Integers of the argument are drawn from 0 to below a size.</summary>
/// <param name="size">The name of the size; where it is 0 and the argument has elements there is nothing to draw, and the case is left out.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BelowAttribute(string size) : Attribute
{
    /// <summary>The name of the size.</summary>
    public string Size { get; } = size;
}

/// <summary>The shape of an argument of a derived method that differs from that of its source: a direction, a cotangent, an argument with a batch.</summary>
/// <param name="shape">The dimensions as <see cref="ShapeAttribute"/> writes them.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TakesAttribute(string shape) : Attribute
{
    /// <summary>The dimensions.</summary>
    public string Shape { get; } = shape;
}

/// <summary>The method computes in Float32 whatever the element type of the run, as Map does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SingleAttribute : Attribute;

/// <summary>The method, or all of the class, add and multiply in another order than as written (chains of products, Fourier transforms, convolutions by fewer products): infinities of both signs may meet in the one and not in the other.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ReassociatedAttribute : Attribute;

/// <summary>The gradient is declared to be another than the derivative of the value: an estimate, for which differences are no measure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EstimateAttribute : Attribute;

/// <summary>One assignment of sizes: to the constructor and to the dimensions of a call.</summary>
/// <param name="Sizes">By name. What is missing keeps its default.</param>
/// <param name="Leading">The dimensions that <c>...</c> stands for.</param>
/// <param name="Flip">Whether bool parameters of the constructor have the opposite of their defaults.</param>
internal sealed record CorpusCase(IReadOnlyDictionary<string, int> Sizes, int[] Leading, bool Flip = false)
{
    public override string ToString() => string.Join(" ", Sizes.Select(size => $"{size.Key}={size.Value}")) + $" ...=[{string.Join(" ", Leading)}]" + (Flip ? " flipped" : "");
}

/// <summary>A method of a corpus network: how to make its sizes, its inputs, and how to read its results.</summary>
internal sealed class CorpusMethod
{
    /// <summary>Every compiled method of every [Network] class of this assembly's corpus: a new class is picked up by itself.</summary>
    public static IReadOnlyList<CorpusMethod> All { get; } =
    [
        .. typeof(CorpusMethod).Assembly.GetTypes()
            .Where(type => type.Namespace == "Proxima.Tests.Corpus" && type.GetCustomAttribute<NetworkAttribute>() is not null && !type.IsNested)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => MethodsOf(type)
                .Where(method => method.IsVirtual && method.ReturnType != typeof(void))
                .Select(method => new CorpusMethod(type, method))),
    ];

    public static CorpusMethod Find(string name) => All.Single(method => method.Name == name);

    private readonly ConstructorInfo _constructor;
    private readonly ParameterInfo[] _declared;

    private CorpusMethod(Type network, MethodInfo method)
    {
        Network = network;
        Method = method;
        _constructor = network.GetConstructors().Single();
        // Every attribute of a transform names what the method is derived from.
        var of = SourceOf(method);
        Of = of is null ? null : MethodsOf(network).Single(m => m.Name == of && m.ReturnType != typeof(void));
        // A derived method has the arguments of its source, and a direction for each that floats.
        var declared = (Of ?? method).GetParameters();
        for (var source = Of; source is not null && declared.Any(p => p.ParameterType == typeof(Tensor) && Taken(p) is null);)
        {
            var next = SourceOf(source);
            source = next is null ? null : MethodsOf(network).Single(m => m.Name == next && m.ReturnType != typeof(void));
            if (source is not null) declared = [.. source.GetParameters(), .. declared.Skip(source.GetParameters().Length)];
        }
        _declared = [.. declared, .. declared.Where(p => p.ParameterType == typeof(Tensor))];
        Into = network.GetMethods().SingleOrDefault(m => m.Name == method.Name && m.ReturnType == typeof(void));
    }

    private static string? SourceOf(MethodInfo method) => method.GetCustomAttributes()
        .Select(a => (a.GetType().GetProperty("Of") ?? a.GetType().GetProperty("Smooth"))?.GetValue(a) as string).FirstOrDefault(name => name is not null);

    private static IEnumerable<MethodInfo> MethodsOf(Type network) => network.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    public Type Network { get; }

    public MethodInfo Method { get; }

    /// <summary>What a derived method is derived from.</summary>
    public MethodInfo? Of { get; }

    /// <summary>The overload that writes into given tensors, if there is one.</summary>
    public MethodInfo? Into { get; }

    public string Name => $"{Network.Name}.{Method.Name}";

    /// <summary>Whether even a Float64 reference computes parts in Float32, as Map does.</summary>
    public bool IsSingle => (Of ?? Method).GetCustomAttribute<SingleAttribute>() is not null;

    /// <summary>Whether it adds and multiplies in another order than as written.</summary>
    public bool IsReassociated => Network.IsDefined(typeof(ReassociatedAttribute)) || Method.IsDefined(typeof(ReassociatedAttribute));

    /// <summary>Whether it is the gradient of its source, and not an estimate of it.</summary>
    public bool IsGradient => Method.GetCustomAttribute<GradientAttribute>() is not null && Method.GetCustomAttribute<EstimateAttribute>() is null;

    public override string ToString() => Name;

    // ---- Sizes ----------------------------------------------------------------------------------------------------------

    private IEnumerable<ParameterInfo> Constructed => _constructor.GetParameters().Where(p => p.ParameterType == typeof(int));

    private static string? Taken(ParameterInfo parameter) => parameter.GetCustomAttribute<TakesAttribute>()?.Shape ?? parameter.GetCustomAttribute<ShapeAttribute>()?.Shape;

    private string[] ShapeOf(int argument) =>
        (Method.GetParameters()[argument].GetCustomAttribute<TakesAttribute>()?.Shape ?? Taken(_declared[argument])!).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<int> Tensors => Enumerable.Range(0, Method.GetParameters().Length).Where(i => Method.GetParameters()[i].ParameterType is var type && (type == typeof(Tensor) || type == typeof(Graph)));

    /// <summary>The names of sizes that a case chooses.</summary>
    private string[] Free =>
    [
        .. Constructed.Where(p => !p.HasDefaultValue).Select(p => p.Name!)
            .Concat(Tensors.SelectMany(ShapeOf).SelectMany(entry => Regex.Matches(entry, @"[A-Za-z]\w*").Select(name => name.Value)).Where(name => Constructed.All(p => p.Name != name))).Distinct(),
    ];

    /// <summary>
    /// Every size at once, then each size alone at its extremes beside small ones; and the sizes with defaults at 0, 1 and 5.
    /// </summary>
    public IEnumerable<CorpusCase> Cases(IEnumerable<int> together, IEnumerable<int> alone)
    {
        var free = Free;
        var count = 0;
        foreach (var size in together) yield return New(free.Select(_ => size));
        if (free.Length > 1)
        {
            foreach (var focus in free)
                foreach (var size in alone) yield return New(free.Select((name, i) => name == focus ? size : 2 + i));
        }
        else
        {
            foreach (var size in alone.Except(together)) yield return New(free.Select(_ => size));
        }
        foreach (var optional in Constructed.Where(p => p.HasDefaultValue))
            foreach (var size in new[] { 0, 1, 5 }) yield return New(free.Select((_, i) => 3 + i), (optional.Name!, size));
        if (_constructor.GetParameters().Any(p => p.ParameterType == typeof(bool))) yield return New(free.Select((_, i) => 4 - i)) with { Flip = true };

        CorpusCase New(IEnumerable<int> sizes, params (string Name, int Size)[] more) => new(
            free.Zip(sizes).ToDictionary(pair => pair.First, pair => pair.Second).Concat(more.Select(m => KeyValuePair.Create(m.Name, m.Size))).ToDictionary(),
            (count++ % 3) switch { 0 => [3], 1 => [], _ => [2, 4] });
    }

    /// <summary>The value of an entry of a shape: sums of products of names, numbers and brackets.</summary>
    private int SizeOf(CorpusCase @case, string entry)
    {
        var at = 0;
        return Sum();

        int Sum()
        {
            var sum = Product();
            while (at < entry.Length && entry[at] is '+' or '-') sum += entry[at++] == '+' ? Product() : -Product();
            return sum;
        }

        int Product()
        {
            var product = Factor();
            while (at < entry.Length && entry[at] is '*' or '/') product = entry[at++] == '*' ? product * Factor() : product / Factor();
            return product;
        }

        int Factor()
        {
            if (entry[at] == '(')
            {
                at++;
                var inner = Sum();
                at++;
                return inner;
            }
            var start = at;
            while (at < entry.Length && char.IsLetterOrDigit(entry[at])) at++;
            var name = entry[start..at];
            return int.TryParse(name, out var number) ? number
                : @case.Sizes.TryGetValue(name, out var size) ? size
                : (int)Constructed.Single(p => p.Name == name).DefaultValue!;
        }
    }

    // ---- Instances and inputs -------------------------------------------------------------------------------------------

    /// <summary>The reference, or its nested class of the given name, for the sizes of a case.</summary>
    public object Create(CorpusCase @case, string target = "", params object[] first)
    {
        var type = target.Length == 0 ? Network : Network.GetNestedType(target) ?? throw new InvalidOperationException($"{Network.Name} has no target {target}.");
        var values = _constructor.GetParameters().Select(p => p.ParameterType == typeof(int) ? SizeOf(@case, p.Name!)
            : p.ParameterType == typeof(bool) ? (bool)p.DefaultValue! ^ @case.Flip : p.DefaultValue!);
        return Unwrapped(() => Activator.CreateInstance(type, [.. first, .. values])!);
    }

    /// <summary>The arguments of a call, or null where there are none for the case.</summary>
    public object[]? Arguments(CorpusCase @case, ulong seed = 7)
    {
        var parameters = Method.GetParameters();
        var arguments = new object[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].ParameterType == typeof(Graph))
            {
                int[] counts = [.. ShapeOf(i).Select(entry => SizeOf(@case, entry)), 1, 1];
                if (RandomGraph(counts, new Philox(seed, Philox.StreamOf(Name + parameters[i].Name))) is not { } graph) return null;
                arguments[i] = graph;
                continue;
            }
            if (parameters[i].ParameterType != typeof(Tensor))
            {
                arguments[i] = parameters[i].ParameterType == typeof(int) ? 3 : parameters[i].ParameterType == typeof(bool) ? true : 1.75f;
                continue;
            }
            int[] shape = [.. ShapeOf(i).SelectMany(entry => entry == "..." ? @case.Leading : [SizeOf(@case, entry)])];
            if (shape.Any(size => size < 0)) return null;
            var dtype = i < _declared.Length && _declared[i].GetCustomAttribute<ShapeAttribute>() is { } declared ? declared.DType : DType.Float32;
            var tensor = Tensor.Empty(dtype, shape);
            var random = new Philox(seed, Philox.StreamOf(Name + parameters[i].Name));
            if (i < _declared.Length && _declared[i].GetCustomAttribute<BelowAttribute>() is { } below)
            {
                var classes = SizeOf(@case, below.Size);
                if (classes == 0 && tensor.Length > 0) return null;
                var indices = tensor.AsSpan<long>();
                for (var k = 0; k < indices.Length; k++) indices[k] = (long)(random.Uniform((ulong)k) * classes);
            }
            else if (dtype == DType.Int64)
            {
                var integers = tensor.AsSpan<long>();
                for (var k = 0; k < integers.Length; k++) integers[k] = (long)(random.Uniform((ulong)k) * 19) - 9;
            }
            else if (dtype == DType.Bool)
            {
                var bools = tensor.AsSpan<bool>();
                for (var k = 0; k < bools.Length; k++) bools[k] = random.Uniform((ulong)k) < 0.5;
            }
            else if (Network.GetCustomAttribute<PositiveAttribute>() is not null) random.FillUniform(tensor, 0.2, 3);
            else random.FillNormal(tensor);
            arguments[i] = tensor;
        }
        return arguments;
    }

    /// <summary>A graph of so many nodes, edges, relations and parts; edges may be loops or lie beside each other. Null where there is none.</summary>
    private static Graph? RandomGraph(int[] counts, Philox random)
    {
        var (nodes, edges, relations, parts) = (counts[0], counts[1], counts[2], counts[3]);
        if ((edges > 0 && (nodes == 0 || relations == 0)) || (nodes > 0 && parts == 0)) return null;
        var graphs = new Graph[parts];
        var (node, draw) = (0, 0ul);
        for (var part = 0; part < parts; part++)
        {
            var size = nodes * (part + 1) / parts - node;
            node += size;
            // Parts without nodes have no edges either: the last has what is left.
            var count = part == parts - 1 ? edges : size == 0 ? 0 : edges / 2;
            edges -= count;
            var (sources, targets, types) = (new int[count], new int[count], new int[count]);
            for (var i = 0; i < count; i++) (sources[i], targets[i], types[i]) = (Draw(size), Draw(size), Draw(relations));
            graphs[part] = Graph.From(size, sources, targets, types, relations);
        }
        return parts == 1 ? graphs[0] : Graph.Batch(graphs);

        int Draw(int below) => (int)(random.Uniform(draw++) * below);
    }

    public static object[] InDouble(object[] arguments) =>
        [.. arguments.Select(argument => argument is Tensor { DType: DType.Float32 or DType.Float64 } tensor ? tensor.To(DType.Float64) : argument)];

    // ---- Calls ----------------------------------------------------------------------------------------------------------

    public object Call(object network, object[] arguments) => Unwrapped(() => Method.Invoke(network, arguments)!);

    public void CallInto(object network, object[] arguments, object into) => Unwrapped(() => Into!.Invoke(network, [.. arguments, into])!);

    /// <summary>The tensors of a result by name.</summary>
    public static IReadOnlyList<(string Name, Tensor Value)> Flatten(object result) => result switch
    {
        Tensor tensor => [("result", tensor)],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).Select(i => ($"item {i + 1}", (Tensor)tuple[i]!))],
        Gradients gradients =>
        [
            ("value", gradients.Value),
            .. gradients.Network.Parameters.Where(p => !p.IsBuffer).Select(p => ("gradient of " + p.Name, gradients.Of(p.Name))),
        ],
        _ => throw new InvalidOperationException($"a result of type {result.GetType()}"),
    };

    /// <summary>A result of the same form over other tensors.</summary>
    public static object Like(object result, Func<Tensor, Tensor> make) => result switch
    {
        Tensor tensor => make(tensor),
        ITuple tuple => Activator.CreateInstance(result.GetType(), [.. Enumerable.Range(0, tuple.Length).Select(i => make((Tensor)tuple[i]!))])!,
        _ => throw new InvalidOperationException($"a result of type {result.GetType()}"),
    };

    private static T Unwrapped<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException exception)
        {
            // An index that C# itself refuses, as of a child that is not there, is refused like any other.
            if (exception.InnerException is IndexOutOfRangeException refusal) throw new ArgumentException(refusal.Message, refusal);
            ExceptionDispatchInfo.Throw(exception.InnerException!);
            throw;
        }
    }
}
