using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The transforms by the names of their attributes.</summary>
internal static class TransformRegistry
{
    /// <summary>Applies the transform that an attribute asks for; null where it cannot, and <paramref name="error"/> says in words why.</summary>
    /// <param name="batch">What a Vmap maps over.</param>
    public static Function? Apply(string kind, Function of, TransformDeclaration declaration, out string? error, Batch? batch = null)
    {
        var wrt = declaration.Wrt.Items;
        error = CheckWrt(of, wrt) ?? Refuse(kind, of, ref wrt, declaration, batch);
        if (error is not null) return null;
        var options = new TransformOptions(declaration);
        try
        {
            return kind switch
            {
                "Gradient" => declaration.Wrt.Count == 0 ? Gradient.Apply(of, wrt) : Gradient.ByNames(of, wrt),
                "Jvp" => Jvp.Apply(of, wrt),
                "Vjp" => Vjp.Apply(of, wrt),
                "Hvp" => Hvp.Apply(of, wrt),
                "Jacobian" => Jacobian.Apply(of, wrt, declaration.Option("Mode")),
                "Divergence" => Jacobian.Divergence(of, wrt, declaration.Option("Mode") == "Hutchinson"),
                "HessianTrace" => Jacobian.Divergence(Gradient.ByNames(of, wrt), wrt, declaration.Option("Mode") == "Hutchinson"),
                "Bounds" => Bounds.Apply(of, wrt, options.Text("Method", "Interval"), out error),
                "Lipschitz" => Lipschitz.Apply(of, wrt, options.Int("Iterations", 6), out error),
                "PathNorm" => PathNorm.Apply(of, options.Number("Power", 1), out error),
                "Ode" => Ode.Apply(of, options, out error),
                "FixedPoint" => FixedPoint.Apply(of, declaration.Method, options, out error),
                _ => Vmap.Apply(of, batch!),
            };
        }
        catch (Vmap.NoRuleException lacking)
        {
            error = $"{of.Name}: {lacking.Message}";
            return null;
        }
        catch (TransformException reason)
        {
            error = reason.Message;
            return null;
        }
    }

    /// <summary>Why a transform cannot be applied, in words; null where it can, and <paramref name="wrt"/> then names what to differentiate by.</summary>
    private static string? Refuse(string kind, Function of, ref ImmutableArray<string> wrt, TransformDeclaration declaration, Batch? batch)
    {
        // Gradients and changes along a direction come with the values, once; the others would leave open which call it is that assigns.
        if (kind is not ("Gradient" or "Jvp" or "Vjp") && of.States.Count > 0)
            return $"{of.Name} assigns the buffer '{of.States[0]}', and [{kind}] does not say when: derive from a method that gives the value, and assign where it is called";
        if (kind == "Vmap") return RefuseBatch(of, batch!);
        // These say themselves what they cannot do.
        if (kind is "Bounds" or "Lipschitz" or "PathNorm" or "Ode" or "FixedPoint") return null;
        if (kind is not ("Gradient" or "Jvp" or "Vjp" or "Hvp" or "Jacobian" or "Divergence" or "HessianTrace")) return $"there is no transform '{kind}'";
        if (kind is "Gradient" or "Hvp" or "HessianTrace" && (of.Returned != 1 || of.Results[0].Rank != 0 || !of.Results[0].Type.IsFloat))
        {
            var returns = string.Join(", ", of.ReturnedResults.Select(r => r.Type));
            return $"{A(kind)} needs a method that returns one float of shape []; {of.Name} returns {returns}: reduce it with Sum or Mean";
        }
        if (!of.ReturnedResults.Any(r => r.Type.IsFloat)) return $"{of.Name} returns no float tensor to differentiate";
        if (kind == "Gradient")
        {
            return !wrt.IsEmpty || of.Arguments.Any(a => a.Kind == ArgumentKind.Weight && a.Node.Type.IsFloat)
                ? null
                : $"{of.Name} uses no float parameter: name the inputs to differentiate by with wrt";
        }
        if (wrt.IsEmpty) wrt = [.. of.Arguments.Where(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat).Select(a => a.Name)];
        if (wrt.IsEmpty) return $"{of.Name} takes no float tensor to differentiate by; parameters are named with wrt";
        if (kind != "Divergence") return null;
        var types = wrt.Select(name => of.Arguments.First(a => a.Name == name).Node.Type).ToArray();
        return of.Returned == types.Length && types.Zip(of.Results, (type, result) => type.Equals(result.Type)).All(same => same)
            ? null
            : $"a divergence needs results like the arguments it is taken by, [{string.Join(", ", types.Select(t => t.ToString()))}]; {of.Name} returns {string.Join(", ", of.ReturnedResults.Select(r => r.Type))}";
    }

    private static string A(string kind) => kind switch { "Gradient" => "a gradient", "Hvp" => "a Hessian-vector product", _ => "the trace of a Hessian" };

    private static string? RefuseBatch(Function of, Batch batch)
    {
        if (HasStop(of.Body)) return $"{of.Name} takes steps whose lengths follow from its values: one sample's are not another's, so it has no batch";
        if (of.Results.FirstOrDefault(result => batch.Out > result.Rank) is { } result) return $"Out = {batch.Out} is no place for a batch in the result {result.Type} of {of.Name}";
        var argument = of.Arguments.FirstOrDefault(a => batch.Arguments.Contains(a.Name) && batch.Axis > a.Node.Rank);
        return argument is null ? null : $"axis {batch.Axis} is no place for a batch in '{argument.Name}', which is {argument.Node.Type} for one sample";
    }

    private static bool HasStop(Region region) => region.Schedule().Any(node => node.Loop is { } loop && (loop.Stop is not null || HasStop(loop.Body)));

    private static string? CheckWrt(Function of, ImmutableArray<string> wrt)
    {
        for (var i = 0; i < wrt.Length; i++)
        {
            var name = wrt[i];
            var argument = of.Arguments.FirstOrDefault(a => a.Name == name);
            if (argument is null) return $"{of.Name} has no input and uses no parameter '{name}'; it has {string.Join(", ", of.Arguments.Select(a => a.Name))}";
            if (argument.Kind == ArgumentKind.Buffer) return $"'{name}' is a buffer, which is not learned: no derivative with respect to it";
            if (!argument.Node.Type.IsFloat) return $"'{name}' is {argument.Node.Type}: derivatives need a float tensor";
            if (wrt.IndexOf(name) != i) return $"'{name}' is named twice";
        }
        return null;
    }
}
