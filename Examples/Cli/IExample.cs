using System.CommandLine;

namespace Proxima.Examples;

/// <summary>A system of the gallery: it declares its core in the language, runs it, and claims something about the result.</summary>
public interface IExample
{
    /// <summary>The number of the paper, such as <c>S002</c>, or the name of a system that is no paper of the catalogue.</summary>
    string Id { get; }

    /// <summary>What it is, in one line.</summary>
    string Title { get; }

    /// <summary>The family it belongs to, as in the catalogue.</summary>
    string Family { get; }

    /// <summary>Where its mathematics comes from.</summary>
    string Paper { get; }

    /// <summary>The options that <c>run</c> takes for it beyond the common ones.</summary>
    IReadOnlyList<Option> Options => [];

    /// <summary>The networks that <c>report</c> shows, with the sizes that <c>run</c> uses.</summary>
    IReadOnlyList<ReportSubject> Networks { get; }

    /// <summary>Runs it; every statement it makes goes through <see cref="Context.Claim"/>.</summary>
    void Run(Context context);
}
