namespace Proxima.Generator.Ir;

/// <summary>The declarations a lowering may inline from: those of the compilation and those that referenced assemblies carry. Sorted by full name.</summary>
internal sealed record Library(EquatableArray<NetworkDeclaration> Networks)
{
    public NetworkDeclaration? Find(string fullName)
    {
        foreach (var network in Networks)
            if (network.FullName == fullName) return network;
        return null;
    }
}
