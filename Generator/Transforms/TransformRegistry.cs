using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The transforms by the names of their attributes.</summary>
internal static class TransformRegistry
{
    /// <summary>Applies the transform that an attribute asks for; null where it cannot, and <paramref name="error"/> says in words why.</summary>
    public static Function? Apply(string kind, Function of, TransformDeclaration declaration, out string? error)
    {
        var wrt = declaration.Wrt.Items;
        error = CheckWrt(of, wrt);
        if (error is not null) return null;
        switch (kind)
        {
            case "Gradient":
                if (of.Results.Count != 1 || of.Results[0].Rank != 0 || !of.Results[0].Type.IsFloat)
                {
                    var returns = string.Join(", ", of.Results.Select(r => r.Type));
                    error = $"a gradient needs a method that returns one float of shape []; {of.Name} returns {returns}: reduce it with Sum or Mean";
                    return null;
                }
                if (wrt.IsEmpty && !of.Arguments.Any(a => a.Kind == ArgumentKind.Weight && a.Node.Type.IsFloat))
                {
                    error = $"{of.Name} uses no float parameter: name the inputs to differentiate by with wrt";
                    return null;
                }
                var gradient = Gradient.Apply(of, wrt);
                if (wrt.IsEmpty) return gradient;
                // Named inputs return their tensors: no value, no names.
                return Cleanup.Apply(gradient with { Results = gradient.Results.Items.RemoveAt(0), ResultNames = wrt.Select(_ => "").ToImmutableArray() });
            case "Jvp":
                if (wrt.IsEmpty) wrt = [.. of.Arguments.Where(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat).Select(a => a.Name)];
                if (wrt.IsEmpty)
                {
                    error = $"{of.Name} takes no float tensor to differentiate by";
                    return null;
                }
                if (!of.Results.Items.Any(r => r.Type.IsFloat))
                {
                    error = $"{of.Name} returns no float tensor to differentiate";
                    return null;
                }
                return Jvp.Apply(of, wrt);
            default:
                error = $"there is no transform '{kind}'";
                return null;
        }
    }

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
