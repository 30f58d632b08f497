using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Lowering;

/// <summary>The catalogue of proximal functions, as far as the library reaches, and what is derived from it.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The functions of entries on the types that they have been asked for: the methods of a class ask for the same ones.</summary>
    private static readonly ConditionalWeakTable<Library, ConcurrentDictionary<string, Function?>> s_alone = new();

    /// <summary>The options that name functions beside the first.</summary>
    private static readonly string[] s_functions = ["proximable", "Other", "InfimalConvolution", "Image", OfDistance];

    /// <summary>The option whose function takes what the first one gives.</summary>
    private const string OfDistance = "FunctionOfDistance";

    /// <summary>Whether what is derived is that of several methods.</summary>
    private static bool IsOfSeveral(TransformDeclaration transform) => transform.Kind == "Unroll" || transform.Kind == "Prox" && s_functions.Any(option => transform.Option(option).Length > 0);

    private ImmutableArray<ProximalEntry>? _catalogue;

    private ImmutableArray<ProximalEntry> Catalogue => _catalogue ??=
    [
        .. from owner in library.Networks.Items
           where owner.IsStatic
           from rule in owner.Methods.Items
           where rule is { Rule.Kind: "ProxRule", Body: not null }
           let value = owner.Method(rule.Rule!.Of)
           where value?.Body is not null
           // Of two that a function may be, the one with fewer parameters says more of it.
           orderby value.Arguments.Count
           select new ProximalEntry(
               owner.Name, rule.Rule!, value.Arguments.Count - 1, types => On(types, owner, value), types => Used(On(types, owner, rule)),
               [.. owner.Methods.Select(m => m.Name)], (name, types) => Used(On(types, owner, owner.Method(name)!))),
    ];

    /// <summary>Whether what is read is a problem from which an operator or an algorithm is derived: a function that declares its operator is not looked into.</summary>
    private bool _isProblem;

    private static bool IsProblem(TransformDeclaration transform) => transform.Kind is "Prox" or "Unroll";

    /// <summary>A function that is known by the operator that its network declares, as a value of a problem.</summary>
    private Value Proximable(Activation callee, MethodDeclaration method, MethodDeclaration rule)
    {
        var given = method.Arguments.Select(a => callee.Scope.Find(a.Name)!).ToImmutableArray();
        var isSet = new TransformOptions(rule.Rule!).Flag("IsSet");
        if (given.IsEmpty || given[0] is not TensorValue { Type: { IsFloat: true } like } || method.Returns.Count != 1)
            throw Refusal.Of("PRX0124", rule.Rule!.OfOrigin, $"{method.Name} gives no value with a declared shape of a float tensor, so there is nothing whose proximal operator {rule.Name} could be");
        var type = new TensorType(
            ReturnType(method, 0), Shape(method.Returns[0], method.ReturnOriginOf(0), callee.Instance, callee.Bound, $"bound by the constructor or an argument of {method.Name}", callee.Leading));
        if (type.DType != like.DType || type.Rank > like.Rank || !type.Shape.SequenceEqual(like.Shape.Take(type.Rank)))
            throw Refusal.Of("PRX0124", rule.Rule!.OfOrigin, $"{method.Name} gives {type} for {like}: an operator is that of one value, or of one for each of the leading dimensions of x");
        if (rule.Arguments.Count != given.Length + (isSet ? 0 : 1))
        {
            throw Refusal.Of("PRX0123", rule.Origin,
                $"{rule.Name} has {Count(rule.Arguments.Count, "argument")}; the operator of {method.Name} takes {method.Arguments[0].Name}{(isSet ? "" : ", the step")}, then the other arguments of {method.Name}");
        }
        var (outer, call, state, isProblem) = (_frame, _call, _root.State, _isProblem);
        var operands = Enumerable.Range(0, given.Length).Where(i => given[i] is TensorValue).ToImmutableArray();
        var inputs = operands.Select(i => Here(given[i])).ToImmutableArray();
        _call = callee.Caller ?? callee;
        GuardRecursion(callee.Instance, rule.Name, Surface.Of("method", rule.Name, rule.Origin));
        Open(outer);
        _isProblem = false;
        try
        {
            var step = Builder.Parameter("step", type.With([.. type.Shape, .. Enumerable.Repeat(Dim.One, like.Rank - type.Rank)]));
            var parameters = operands.Select((argument, i) => Builder.Parameter(method.Arguments[argument].Name, inputs[i].Type)).ToImmutableArray();
            var values = given.Select((value, i) => (Surface.Of("local", method.Arguments[i].Name, rule.Origin), operands.IndexOf(i) is >= 0 and var at ? Result(parameters[at]) : value)).ToList();
            if (!isSet) values.Insert(1, (Surface.Of("local", "step", rule.Origin), Result(Builder.Reshape(step, type.Shape))));
            var activation = new Activation(callee.Instance, rule, callee.Caller, callee.Site);
            Bind(activation, rule, values, values[0].Item1);
            _call = activation;
            Run(activation, rule);
            if (activation.Returned is not { } returned || returned == Value.Error) return Value.Error;
            var words = $"{rule.Name} gives {(returned is TensorValue t ? t.Type.ToString() : returned.Kind)} as the operator of {method.Name} at {like}";
            if (returned is not TensorValue { Type: var gives } || gives.DType != like.DType || gives.Rank != like.Rank) throw Refusal.Of("PRX0106", rule.ReturnOrigin, words);
            for (var i = 0; i < like.Rank; i++) RequireEqual(like.Shape[i], gives.Shape[i], () => words, () => Finding.Of("PRX0106", rule.ReturnOrigin, words));
            if (!ReferenceEquals(state, _root.State)) throw Refusal.Of("PRX0121", rule.Rule!.OfOrigin, $"{rule.Name} assigns a buffer, and an operator only computes");
            var point = Builder.Reshape(Here(returned), like.Shape);
            var body = new Region([step, .. parameters, .. _frame.Inner], [point]);
            var captures = _frame.Outer;
            _frame = outer;
            return Result(Builder.Proximable(type, inputs.AddRange(captures), new RuleInfo($"{callee.Instance.Declaration.Name}.{method.Name}", inputs.Length, null, body) { Proximal = rule.Rule }));
        }
        finally
        {
            (_frame, _call, _isProblem) = (outer, call, isProblem);
        }
    }

    private Function Operator(TransformDeclaration transform, Function source, MethodDeclaration of, Node? step)
    {
        try
        {
            return Prox.Apply(source, transform.Wrt.Items, new TransformOptions(transform), step, Catalogue);
        }
        catch (NoProximalOperatorException no)
        {
            throw new Refusal(Finding.Of("PRX0124", transform.OfOrigin, $"no rule gives the proximal operator of {of.Name}: {no.Message}").With([no.At?.Origin ?? Origin.None]));
        }
    }

    /// <summary>
    /// The functions of an algorithm's problem, or of an infimal convolution, as one method: it takes the arguments of the smooth function, then what the others take besides the block that they are functions of and has
    /// no name of these, and returns the value of each, then the learned step. In the place of the argument that counts the iterations stands their counter.
    /// </summary>
    private static MethodDeclaration Problem(NetworkDeclaration network, TransformDeclaration transform, MethodDeclaration smooth)
    {
        var arguments = smooth.Arguments.Items;
        var blocks = transform.Wrt.Count == 0 ? arguments.Take(1).ToArray() : [.. transform.Wrt.Select(name => arguments.FirstOrDefault(a => a.Name == name)).OfType<ArgumentDeclaration>()];
        if (blocks.Length == 0 || blocks.Any(block => block.Type != "Tensor")) throw Refusal.Of("PRX0125", transform.OfOrigin, $"{smooth.Name} takes no tensor that an algorithm could move");
        var counter = transform.Option("Counter");
        var isCounted = false;
        var values = ImmutableArray.CreateBuilder<Surface>();
        values.Add(Call(smooth, blocks[0], transform.OfOrigin, isWhole: true));
        foreach (var option in s_functions)
        {
            foreach (var name in transform.Option(option).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
            {
                var origin = transform.OptionOrigin(option);
                var known = network.Methods.Where(m => m.Body is not null || m.Transform is not null).Select(m => m.Name);
                var method = network.Method(name) ?? throw Refusal.Of("PRX0120", origin, $"{network.Name} has no compiled method '{name}' to derive from{Misspelling.Question(name, known)}");
                if (method.Arguments.Count == 0 || method.Arguments[0].Type != "Tensor")
                    throw Refusal.Of(transform.Kind == "Prox" ? "PRX0124" : "PRX0125", origin, option == OfDistance ? $"{method.Name} takes no tensor that could be the distance" : $"{method.Name} takes no tensor like {blocks[0].Name} of {smooth.Name}");
                var own = method.Arguments[0];
                var block = blocks.Length == 1 ? blocks[0] : blocks.FirstOrDefault(b => b.Name == own.Name)
                    ?? throw Refusal.Of("PRX0125", origin, $"{method.Name} is a function of its first argument, '{own.Name}', and the blocks are {string.Join(", ", blocks.Select(b => b.Name))}");
                foreach (var argument in method.Arguments.Skip(1))
                    if (arguments.All(a => a.Name != argument.Name)) arguments = arguments.Add(argument with { Shape = Translated(argument.Shape, own.Shape, block.Shape) });
                values.Add(Call(method, block, origin, isWhole: false, option == OfDistance ? values[0] : null));
            }
        }
        if (transform.Option("Learn") is { Length: > 0 } learned)
        {
            var origin = transform.OptionOrigin("Learn");
            if (network.Method(learned) is { Body: not null, Arguments.Count: 0 }) values.Add(new("method", learned, [], origin));
            else if (network.Parameters.Any(p => p.Name == learned && !p.IsBuffer)) values.Add(Surface.Of("param", learned, origin));
            else throw Refusal.Of("PRX0122", origin, $"{network.Name} has no parameter '{learned}' that could be the step, and no method of no arguments");
        }
        if (counter.Length > 0 && !isCounted) throw Refusal.Of("PRX0125", transform.OptionOrigin("Counter"), $"none of the functions takes an int '{counter}'");
        arguments = arguments.RemoveAll(IsCounter);
        var body = Surface.Of("block", "", transform.Origin, Surface.Of("return", "", transform.Origin, new Surface("tuple", "", values.ToImmutable(), transform.Origin)));
        // No name that a method could have: calls of the functions are no recursion.
        var other = s_functions.Select(transform.Option).FirstOrDefault(name => name.Length > 0) ?? "0";
        var joined = transform.Kind != "Prox" ? $"{smooth.Name} + {other}" : transform.Option("Image").Length > 0 ? $"{other} ▷ {smooth.Name}"
            : transform.Option(OfDistance).Length > 0 ? $"{other} of the distance from {smooth.Name}" : $"{smooth.Name} □ {other}";
        return smooth with { Name = joined, Arguments = arguments, Returns = EquatableArray<string>.Empty, ReturnDTypes = EquatableArray<string>.Empty, Body = body, Transform = null, Rule = null, IsCheckpoint = false };

        bool IsCounter(ArgumentDeclaration a) => a.Type == "int" && a.Name == counter;

        Surface Call(MethodDeclaration method, ArgumentDeclaration block, Origin origin, bool isWhole, Surface? first = null)
        {
            isCounted |= method.Arguments.Any(IsCounter);
            return new("method", method.Name, [.. method.Arguments.Select((a, i) => Surface.Of("arg", a.Name, origin, IsCounter(a)
                ? Surface.Of("iteration", Unroll.IterationsOf(transform).ToString(CultureInfo.InvariantCulture), origin)
                : i == 0 && first is not null ? first
                : Surface.Of("local", i == 0 && !isWhole ? block.Name : a.Name, origin)))], origin);
        }
    }

    /// <summary>A shape in the words of a method that has other names for the sizes of x.</summary>
    private static string? Translated(string? shape, string? from, string? to)
    {
        if (shape is null || from is null || to is null) return shape;
        string[] theirs = from.Split(' '), ours = to.Split(' ');
        var names = theirs.Length == ours.Length ? theirs.Zip(ours, (a, b) => (a, b)).Where(pair => pair.a.All(char.IsLetter) && pair.a != pair.b).ToArray() : [];
        return string.Join(" ", shape.Split(' ').Select(entry => names.FirstOrDefault(pair => pair.a == entry) is { b: { } other } ? other : entry));
    }

    private Function Unrolled(TransformDeclaration transform, Function source)
    {
        try
        {
            return Unroll.Apply(source, transform, Catalogue);
        }
        catch (UnrollException wrong)
        {
            var origin = wrong.Option switch
            {
                "smooth" => transform.OfOrigin,
                "wrt" when transform.WrtOrigins.Count > 0 => transform.WrtOrigins[0],
                "" => transform.Origin,
                var option => transform.OptionOrigin(option),
            };
            throw Refusal.Of("PRX0125", origin, wrong.Message);
        }
    }

    /// <summary>The number that a derived method takes after the arguments of its source; null where it takes none there.</summary>
    private static ArgumentDeclaration? NumberAfter(MethodDeclaration method, MethodDeclaration of) =>
        method.Arguments.Items.Skip(of.Arguments.Count).FirstOrDefault() is { IsNumber: true } number ? number : null;

    /// <summary>The number that a call gives for the step; null where that is a tensor.</summary>
    private Node? StepOf(MethodDeclaration method, MethodDeclaration of, IReadOnlyList<(Surface Source, Value Value)> values)
    {
        if (NumberAfter(method, of) is null) return null;
        var (source, value) = values[of.Arguments.Count];
        var number = ToNumber(value, source);
        return Frame.IsConstant(number) ? number
            : throw Refusal.Of("PRX0114", source.Origin, $"{SurfaceText.ToCSharp(source)} changes in a loop; a derived method takes numbers that do not");
    }

    /// <summary>What an operator requires of its arguments the method requires that uses it.</summary>
    private Function? Used(Function? function)
    {
        foreach (var check in function?.Checks ?? EquatableArray<EntryCheck>.Empty)
            if (!_checks.Contains(check)) _checks.Add(check);
        return function;
    }

    /// <summary>A function on arguments of given types; null where it does not take them.</summary>
    private Function? On(ImmutableArray<TensorType> types, NetworkDeclaration owner, MethodDeclaration method) =>
        method.Arguments.Count == types.Length && method.Arguments.All(a => a.Type == "Tensor")
            ? s_alone.GetOrCreateValue(library).GetOrAdd(
                $"{owner.FullName}.{method.Name} {string.Join(" ", types)}", _ => new Interpreter(library, new Decisions([]), cancellation).Alone(types, owner, method))
            : null;

    private Function? Alone(ImmutableArray<TensorType> types, NetworkDeclaration owner, MethodDeclaration method)
    {
        var callee = new Activation(Open(owner), method, null, Origin.None);
        var inputs = types.Select((type, i) => new FunctionArgument(Builder.Parameter(method.Arguments[i].Name, type), ArgumentKind.Input, method.Arguments[i].Name)).ToImmutableArray();
        try
        {
            Bind(callee, method, [.. inputs.Select(a => (Surface.Of("local", a.Name, Origin.None), (Value)Result(a.Node)))], method.Body!);
            _call = callee;
            Run(callee, method);
            return _findings.Count > 0 || _decisions.Made.Count > 0 || callee.Returned is not { } returned || returned == Value.Error
                ? null
                : Finish(method.Name, inputs, Results(returned, method.Body!));
        }
        catch (Refusal)
        {
            return null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
