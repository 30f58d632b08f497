using System.Globalization;

namespace Proxima.Generator;

/// <summary>
/// Runs passes in the invariant culture. Numbers inside interpolated strings follow the culture of the thread: Finnish writes minus as U+2212, Turkish
/// lowers I to a dotless i, and neither belongs in code or in messages.
/// </summary>
internal static class Invariant
{
    public static T Run<T>(Func<T> pass)
    {
#pragma warning disable RS1035 // The culture is set to the one that analyzers are to use, and put back.
        var culture = CultureInfo.CurrentCulture;
        if (culture == CultureInfo.InvariantCulture) return pass();
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return pass();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
#pragma warning restore RS1035
    }
}
