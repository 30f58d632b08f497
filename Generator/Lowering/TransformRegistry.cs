using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

internal static class TransformRegistry
{
    public static Function? Apply(string kind, Function of, TransformDeclaration declaration, out string? error)
    {
        error = null;
        if (kind == "Gradient") return Gradient.Apply(of, declaration.Wrt.Items);
        error = $"there is no transform '{kind}'";
        return null;
    }
}
