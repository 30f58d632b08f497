using Microsoft.CodeAnalysis;

namespace Proxima.Generator.Frontend;

/// <summary>Remembers readings.</summary>
internal static class ReadingMemo
{
    public static Reading Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) => NetworkReader.Read(type, compilation, cancellation);
}
