using System.Collections.Immutable;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Proxima.Generator.Targets.Declaration;

namespace Proxima.Generator.Targets;

/// <summary>A method with its variants (one per outcome of the ifs on sizes): as lowered, which the reference prints, and as planned, which targets print.</summary>
internal sealed record CompiledMethod(MethodDeclaration Declaration, ImmutableArray<Function> Lowered, ImmutableArray<Plan> Variants)
{
    public Function Function => Variants[0].Function;

    public string Name => Names.Identifier(Declaration.Name);

    public bool GivesGradients => Declaration.ReturnType == "Gradients";

    /// <summary>The tensors among the method's arguments.</summary>
    public IEnumerable<ArgumentDeclaration> Tensors => Declaration.Arguments.Items.Where(argument => argument.Type == "Tensor");

    /// <summary>What Run{Name} is given: in place of a graph those of its parts that are read.</summary>
    public IEnumerable<ArgumentDeclaration> Inputs => Declaration.Inputs.Where(argument => argument.Part is null || Variants.Any(plan => plan.Reads(argument.Name)));

    /// <summary>What entry reads off the arguments. The pairs of a graph are made when they are first asked for: only a method that needs them asks how many there are.</summary>
    public IEnumerable<SizeBinding> Bindings => Function.Bindings.Items.Where(binding =>
        !Declaration.Inputs.Any(a => a.Name == binding.Argument && a.Part is { Name: "PairSources" } && a.Shape == "_") || Needed.Contains(binding.Size));

    /// <summary>The sizes that entry reads off the arguments.</summary>
    public ImmutableArray<string> Sizes => _sizes.IsDefault ? _sizes = [.. Bindings.Select(binding => binding.Size).Distinct()] : _sizes;

    private ImmutableArray<string> _sizes;

    /// <summary>The sizes that something is computed or checked with.</summary>
    private HashSet<string> Needed => _needed ??= [.. Lowered.Concat(Variants.Select(plan => plan.Function)).SelectMany(function => function.Body.SizeNames
        .Concat(function.Checks.Items.SelectMany(check => check.Left.Names().Concat(check.Right.Names())))
        .Concat(function.IndexChecks.Items.SelectMany(check => check.Classes.Names()))
        .Concat(function.Assumptions.Items.SelectMany(assumption => assumption.Left.Names().Concat(assumption.Right.Names()))))];

    private HashSet<string>? _needed;

    /// <summary>Those of them that kernels or results need; the others are only checked.</summary>
    public ImmutableArray<string> UsedSizes
    {
        get
        {
            if (!_usedSizes.IsDefault) return _usedSizes;
            // Also the sizes of arguments that nothing reads: a target may have to copy them.
            var left = new HashSet<string>(Declaration.Inputs.Select(a => a.Name).Except(Inputs.Select(a => a.Name)));
            var used = new HashSet<string>(Variants.SelectMany(plan => plan.Function.Body.SizeNames
                .Concat(plan.Function.Arguments.Where(a => a.Kind != ArgumentKind.Input || !left.Contains(a.Name)).SelectMany(a => a.Node.Shape).SelectMany(dim => dim.Names()))));
            return _usedSizes = [.. Sizes.Where(used.Contains)];
        }
    }

    private ImmutableArray<string> _usedSizes;

    /// <summary>
    /// An argument in generated code: its own name, unless a size of the method or of the class bears it (a size of the same name is what formulas mean).
    /// </summary>
    public string ArgumentName(string name)
    {
        if (name.IndexOf('.') is > 0 and var dot) return ArgumentName(name.Substring(0, dot).TrimStart('@')) + name.Substring(dot);
        if (!IsSize(name)) return Names.Identifier(name);
        var unique = name + "Tensor";
        while (IsSize(unique) || Declaration.Arguments.Items.Any(argument => argument.Name == unique)) unique += "_";
        return unique;
    }

    private bool IsSize(string name) => Declaration.Arguments.Items.Any(argument => argument.Name == name && (argument.Type == "Tensor" || argument.IsGraph))
        && AllSizes.Contains(Names.Identifier(name));

    private HashSet<string> AllSizes => _allSizes ??= [.. Variants.SelectMany(plan => plan.Function.Body.SizeNames.Concat(plan.Function.Bindings.Items.Select(binding => binding.Size)))];

    private HashSet<string>? _allSizes;

    /// <summary>A local of a method that has this method's arguments: <paramref name="name"/>, unless something is called so.</summary>
    public string Local(string name)
    {
        while (Declaration.Arguments.Items.Any(argument => ArgumentName(argument.Name) == name) || AllSizes.Contains(name)) name += "_";
        return name;
    }
}

/// <summary>
/// Prints what every target does before and after its kernels: checks of the arguments with the words of the declaration, allocation of the
/// results, choice of the variant. The kernels themselves are in a method <c>Run{Name}</c> that the target prints.
/// </summary>
internal static class Entry
{
    public static void Print(CodeWriter writer, CompiledMethod method)
    {
        var declaration = method.Declaration;
        var access = declaration.Accessibility.Length > 0 ? declaration.Accessibility + " " : "";
        var parameters = string.Join(", ", declaration.Arguments.Items.Select(a => $"{a.Type} {method.ArgumentName(a.Name)}"));
        var arguments = string.Concat(declaration.Arguments.Items.Select(a => method.ArgumentName(a.Name) + ", "));
        var run = string.Concat(method.Inputs.Select(a => RunArgument(a, method.ArgumentName(a.Name)) + ", "));
        var sizes = string.Concat(method.UsedSizes.Select(size => ", " + size));
        var outs = string.Concat(method.Sizes.Select(size => $", out {(method.UsedSizes.Contains(size) ? "nint " + size : "_")}"));
        var check = $"Check{method.Declaration.Name}({arguments.TrimEnd(',', ' ')}{outs});";
        if (arguments.Length == 0) check = check.Replace("(, ", "(");
        EquatableArray<Node> results = method.Function.ReturnedResults;
        var states = States(writer, method);
        if (method.GivesGradients)
        {
            var field = "_" + char.ToLowerInvariant(method.Declaration.Name[0]) + method.Declaration.Name.Substring(1);
            writer.Blank().Line($"private Gradients? {field};");
            writer.Blank().Doc("<inheritdoc/>").Doc("<remarks>The gradients belong to this instance and are overwritten by the next call.</remarks>");
            using (writer.Block($"{access}override Gradients {method.Name}({parameters})"))
            {
                writer.Line(check);
                var value = results[0].Type.DType == DType.Float32 ? "" : $" {{ Value = Tensor.Zeros([], DType.{results[0].Type.DType}) }}";
                var gradients = method.Local("gradients");
                writer.Line($"var {gradients} = {field} ??= new Gradients(this){value};");
                var destinations = string.Join(", ", method.Function.ResultNames.Take(method.Function.Returned).Select(name => name.Length == 0 ? $"{gradients}.Value" : $"{gradients}.Destination(\"{name}\")"));
                PrintCall(destinations);
                writer.Line($"return {gradients};");
            }
        }
        else
        {
            var isTuple = results.Count > 1;
            var type = isTuple ? $"({string.Join(", ", results.Items.Select(_ => "Tensor"))})" : "Tensor";
            var names = isTuple ? Enumerable.Range(1, results.Count).Select(i => method.Local("result" + i)).ToArray() : [method.Local("result")];
            var into = DeclarationPrinter.Unused("into", declaration);
            writer.Blank().Doc("<inheritdoc/>");
            using (writer.Block($"{access}override {declaration.ReturnType} {method.Name}({parameters})"))
            {
                writer.Line(check);
                for (var i = 0; i < names.Length; i++) writer.Line($"var {names[i]} = {Allocate(method, results[i])};");
                PrintCall(string.Join(", ", names));
                writer.Line($"return {(isTuple ? $"({string.Join(", ", names)})" : names[0])};");
            }
            writer.Blank().Doc("<inheritdoc/>");
            using (writer.Block($"{access}override void {method.Name}({(parameters.Length > 0 ? parameters + ", " : "")}{type} {into})"))
            {
                writer.Line(check);
                var targets = isTuple ? Enumerable.Range(1, results.Count).Select(i => $"{into}.Item{i}").ToArray() : [into];
                for (var i = 0; i < targets.Length; i++)
                    writer.Line(CheckDestination(method, results[i], targets[i]));
                // A destination that overlaps what is read gets a copy of a result made elsewhere.
                var reads = method.Tensors.Select(a => method.ArgumentName(a.Name)).Concat(method.WeightFields()).ToArray();
                var overlaps = targets.SelectMany(t => reads.Select(r => $"Guard.Overlap({t}, {r})"))
                    .Concat(targets.SelectMany((t, i) => targets.Skip(i + 1).Select(u => $"Guard.Overlap({t}, {u})"))).ToArray();
                if (overlaps.Length > 0)
                {
                    using (writer.Block($"if ({string.Join(" || ", overlaps)})"))
                    {
                        var result = method.Local("result");
                        writer.Line($"var {result} = {DeclarationPrinter.Callee(declaration)}({arguments.TrimEnd(',', ' ')});");
                        if (isTuple) for (var i = 1; i <= results.Count; i++) writer.Line($"{into}.Item{i}.CopyFrom({result}.Item{i});");
                        else writer.Line($"{into}.CopyFrom({result});");
                        writer.Line("return;");
                    }
                }
                PrintCall(string.Join(", ", targets));
            }
        }
        PrintCheck(writer, method, parameters, string.Concat(method.Sizes.Select(size => $", out nint {size}")));
        if (method.Variants.Length > 1) PrintVariants(writer, method);

        void PrintCall(string destinations)
        {
            foreach (var (field, state) in states) writer.Line($"{field} ??= Tensor.Empty(DType.{state.Type.DType}, [{string.Join(", ", state.Shape.Select(dim => "(int)" + dim.ToCSharp(atomic: true)))}]);");
            writer.Line($"Run{method.Declaration.Name}({run}{string.Join(", ", states.Select(s => s.Field).Prepend(destinations))}{sizes});");
            for (var i = 0; i < states.Length; i++) writer.Line($"{FieldOf(method.Function.States[i])}.CopyFrom({states[i].Field});");
        }
    }

    /// <summary>The fields that hold the new values of buffers until the kernels have run: these may still read the old ones.</summary>
    private static ImmutableArray<(string Field, Node State)> States(CodeWriter writer, CompiledMethod method)
    {
        var function = method.Function;
        ImmutableArray<(string Field, Node State)> states =
        [
            .. function.States.Select((name, i) => ($"{FieldOf(method.Declaration.Name + "." + name)}Next", function.Results[function.Returned + i])),
        ];
        if (states.Length > 0) writer.Blank();
        foreach (var (field, _) in states) writer.Line($"private Tensor? {field};");
        return states;
    }

    /// <summary>The fields that hold the parameters a method reads.</summary>
    public static IEnumerable<string> WeightFields(this CompiledMethod method) => method.Variants
        .SelectMany(plan => plan.Function.Arguments.Items).Where(a => a.Kind != ArgumentKind.Input).Select(a => FieldOf(a.Name)).Distinct();

    /// <summary>The field of a compiled class that holds a parameter's tensor.</summary>
    public static string FieldOf(string parameter)
    {
        var name = string.Concat(parameter.Split('.').Where(part => part != "*").Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
        return "_" + char.ToLowerInvariant(name[0]) + name.Substring(1) + "Tensor";
    }

    /// <summary>What Run{Name} is given for an argument: to a plan a flag is 0 or 1.</summary>
    public static string RunArgument(ArgumentDeclaration argument, string value) => argument.Type == "bool" ? value + " ? 1 : 0" : value;

    /// <summary>Parameters of Run{Name}: the method's arguments, the destinations, the sizes.</summary>
    public static string RunParameters(CompiledMethod method, Plan plan)
    {
        var tensors = method.Inputs.Select(a => a.Type == "Tensor" ? "Tensor " + TensorOf(plan, a.Name) : $"{(a.Type == "bool" ? "nint" : a.Type)} {Names.Identifier(a.Name)}")
            .Concat(plan.Outputs.Select(output => "Tensor " + TensorOf(output)))
            .Concat(method.UsedSizes.Select(size => $"nint {size}"));
        return string.Join(", ", tensors);
    }

    /// <summary>The parameter of Run{Name} that is an argument of the method. The planner keeps names of this form free.</summary>
    public static string TensorOf(Plan plan, string argument)
    {
        var arguments = plan.Function.Arguments.Items;
        for (var i = 0; i < arguments.Length; i++)
            if (arguments[i].Kind == ArgumentKind.Input && arguments[i].Name == argument) return TensorOf(plan.Buffers[i]);
        throw new InvalidOperationException($"the plan of {plan.Function.Name} lacks the argument {argument}");
    }

    /// <summary>The parameter of Run{Name} whose memory is an argument's or a result's.</summary>
    public static string TensorOf(Optimize.Buffer buffer) => buffer.Name + "Tensor";

    private static string RunArguments(CompiledMethod method, Plan plan) =>
        string.Join(", ", method.Inputs.Select(a => a.Type == "Tensor" ? TensorOf(plan, a.Name) : Names.Identifier(a.Name))
            .Concat(plan.Outputs.Select(TensorOf)).Concat(method.UsedSizes));

    /// <summary>The choice of the variant whose assumptions on sizes hold.</summary>
    public static void PrintVariants(CodeWriter writer, CompiledMethod method)
    {
        writer.Blank();
        using var body = writer.Block($"private void Run{method.Declaration.Name}({RunParameters(method, method.Variants[0])})");
        for (var i = 0; i < method.Variants.Length; i++)
        {
            var conditions = method.Variants[i].Function.Assumptions.Items.Select(Condition);
            var call = $"Run{method.Declaration.Name}{i + 1}({RunArguments(method, method.Variants[0])});";
            writer.Line(i == method.Variants.Length - 1 ? "else " + call : $"{(i > 0 ? "else " : "")}if ({string.Join(" && ", conditions)}) {call}");
        }
    }

    /// <summary>What a variant assumes, as C#.</summary>
    public static string Condition(Assumption assumption) => Condition(assumption, dim => dim.ToCSharp());

    private static string Condition(Assumption assumption, Func<Dim, string> print)
    {
        var text = $"{print(assumption.Left)} {assumption.Relation} {print(assumption.Right)}";
        return assumption.Holds ? text : $"!({text})";
    }

    private static void PrintCheck(CodeWriter writer, CompiledMethod method, string parameters, string outs)
    {
        writer.Blank();
        var header = parameters + outs;
        using var body = writer.Block($"private void Check{method.Declaration.Name}({(parameters.Length == 0 ? header.TrimStart(',', ' ') : header)})");
        var inputs = method.Function.Arguments.Items.Where(a => a.Kind == ArgumentKind.Input).ToArray();
        foreach (var graph in method.Declaration.Arguments.Where(a => a.IsGraph)) writer.Line($"ArgumentNullException.ThrowIfNull({method.ArgumentName(graph.Name)}, \"{graph.Name}\");");
        // What the parts of a graph are is the graph's business.
        var parts = new HashSet<string>(method.Declaration.Inputs.Where(a => a.Part is not null).Select(a => a.Name));
        foreach (var input in inputs.Where(input => !parts.Contains(input.Name)))
        {
            var name = method.ArgumentName(input.Name);
            var declared = input.Node.Type.ShapeText;
            var isLeading = method.Function.Bindings.Items.Any(b => b.Argument == input.Name && b.Axis < 0);
            writer.Line($"Guard.Argument({name}, \"{input.Name}\", DType.{input.Node.Type.DType}, \"{(isLeading ? declared.Replace("[" + input.Node.Shape[0], "[...") : declared)}\", {input.Node.Rank}{(isLeading ? ", leading: true" : "")});");
        }
        foreach (var binding in method.Bindings)
        {
            var name = method.ArgumentName(binding.Argument);
            var rank = inputs.First(i => i.Name == binding.Argument).Node.Rank;
            writer.Line(binding.Value is { } value ? $"{binding.Size} = {value.ToCSharp()};" : binding.Axis >= 0
                ? $"{binding.Size} = {AxisOf(method, binding.Argument, binding.Axis)};"
                : $"{binding.Size} = Guard.Leading({name}, {rank - 1});");
        }
        // Variants may read different parameters, so their arguments go by name.
        foreach (var (check, condition) in Shared(method, plan => plan.Function.IndexChecks.Items.Select(check => (plan.Function.Arguments[check.Argument].Name, plan.Function.Arguments[check.Argument].Kind, check.Classes))))
        {
            var tensor = check.Kind == ArgumentKind.Input ? method.ArgumentName(check.Name) : FieldOf(check.Name);
            writer.Line($"{(condition is null ? "" : $"if ({condition}) ")}Guard.Classes({tensor}, \"{check.Name}\", {OnHost(method, check.Classes)});");
        }
        foreach (var (check, condition) in Shared(method, plan => plan.Function.Checks.Items))
        {
            var (left, right) = (OnHost(method, check.Left), OnHost(method, check.Right));
            writer.Line($"if ({(condition is null ? "" : $"({condition}) && ")}!({left} {check.Relation} {right})) Guard.Fail({Quote(check.Message)}, {left}, {right});");
        }
    }

    /// <summary>What the variants of a method check, and under which assumptions; null where all of them do, which comes first.</summary>
    private static IEnumerable<(T Check, string? Condition)> Shared<T>(CompiledMethod method, Func<Plan, IEnumerable<T>> of)
    {
        var checks = method.Variants.SelectMany(of).Distinct().Select(check => (Check: check, Variants: method.Variants.Where(plan => of(plan).Contains(check)).ToList())).ToList();
        foreach (var (check, variants) in checks.Where(c => c.Variants.Count == method.Variants.Length)) yield return (check, null);
        foreach (var (check, variants) in checks.Where(c => c.Variants.Count < method.Variants.Length))
        {
            var conditions = variants.Select(plan => string.Join(" && ", plan.Function.Assumptions.Items.Select(
                assumption => Condition(assumption, dim => OnHost(method, dim))))).ToList();
            yield return (check, conditions.Count == 1 ? conditions[0] : string.Join(" || ", conditions.Select(condition => $"({condition})")));
        }
    }

    /// <summary>A size in terms of the method's arguments: to a plan a flag is 0 or 1.</summary>
    private static string OnHost(CompiledMethod method, Dim dim) => dim.Substitute(name =>
        method.Declaration.Arguments.Items.Any(argument => Names.Identifier(argument.Name) == name && argument.Type == "bool") ? Dim.Name($"({name} ? 1 : 0)") : null).ToCSharp();

    // Behind leading batch dims an axis is counted from the end.
    private static string AxisOf(CompiledMethod method, string argument, int axis)
    {
        var node = method.Function.Arguments.Items.First(a => a.Kind == ArgumentKind.Input && a.Name == argument).Node;
        var isLeading = method.Function.Bindings.Items.Any(b => b.Argument == argument && b.Axis < 0);
        return $"{method.ArgumentName(argument)}.Dim({(isLeading ? axis - node.Rank : axis)})";
    }

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private static SizeBinding? LeadingOf(CompiledMethod method, Node result) =>
        method.Function.Bindings.Items.FirstOrDefault(b => b.Axis < 0 && result.Rank > 0 && result.Shape[0].PlainName == b.Size);

    private static string Allocate(CompiledMethod method, Node result)
    {
        if (LeadingOf(method, result) is { } leading)
            return $"Guard.EmptyLike(DType.{result.Type.DType}, {method.ArgumentName(leading.Argument)}, {InputRank(method, leading.Argument) - 1}, [{string.Join(", ", result.Shape.Skip(1).Select(Int))}])";
        return $"Tensor.Empty(DType.{result.Type.DType}{string.Concat(result.Shape.Select(dim => ", " + Int(dim)))})";
    }

    private static int InputRank(CompiledMethod method, string argument) =>
        method.Function.Arguments.Items.First(a => a.Kind == ArgumentKind.Input && a.Name == argument).Node.Rank;

    private static string CheckDestination(CompiledMethod method, Node result, string target)
    {
        var common = $"{target}, \"{target}\", DType.{result.Type.DType}";
        if (LeadingOf(method, result) is { } leading)
            return $"Guard.DestinationLike({common}, {method.ArgumentName(leading.Argument)}, {InputRank(method, leading.Argument) - 1}{string.Concat(result.Shape.Skip(1).Select(dim => ", " + Int(dim)))});";
        return $"Guard.Destination({common}{string.Concat(result.Shape.Select(dim => ", " + Int(dim)))});";
    }

    private static string Int(Dim dim) => dim.Constant is { } value ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"checked((int){dim.ToCSharp(atomic: true)})";
}
