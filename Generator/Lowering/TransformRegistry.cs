using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

internal static class TransformRegistry
{
    public static Function? Apply(string kind, Function of, TransformDeclaration declaration, out string? error)
    {
        error = $"there is no transform '{kind}'";
        return null;
    }
}
