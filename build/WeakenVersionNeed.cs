using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks a symbol version that a Linux shared library asks of the C++ run-time library as weak, so that the loader
/// accepts a run-time library that does not define it. Sound only where no relocation uses a symbol of that version.
/// The file is replaced, never written through: it may be a link into the package cache. Idempotent.
/// </summary>
public sealed class WeakenVersionNeed : Task
{
    // Names and offsets of the ELF64 format: System V ABI and "Symbol Versioning" of the Linux Standard Base.
    private const uint SectionOfVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort FlagWeak = 2;                     // VER_FLG_WEAK

    private static readonly string[] SystemLibraries =
    {
        "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/lib/x86_64-linux-gnu/libstdc++.so.6",
        "/usr/lib64/libstdc++.so.6", "/usr/lib/libstdc++.so.6",
    };

    /// <summary>The shared libraries to change in place; those that do not exist are skipped.</summary>
    [Required]
    public ITaskItem[] Files { get; set; }

    /// <summary>The version to weaken, such as <c>GLIBCXX_3.4.32</c>.</summary>
    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        if (SystemDefines(Version))
            return true;
        foreach (var item in Files)
        {
            var file = item.GetMetadata("FullPath");
            if (!File.Exists(file))
                continue;
            try
            {
                Weaken(file);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is InvalidDataException)
            {
                Log.LogWarning("{0} still needs {1}, which this system's libstdc++ does not define: {2}", file, Version, error.Message);
            }
        }
        return true;
    }

    private static bool SystemDefines(string version)
    {
        foreach (var library in SystemLibraries)
            if (File.Exists(library))
                return Encoding.GetEncoding(28591).GetString(File.ReadAllBytes(library)).Contains(version + "\0");
        return false;
    }

    private void Weaken(string file)
    {
        var image = File.ReadAllBytes(file);
        if (!MarkWeak(image))
            return;
        var written = File.GetLastWriteTimeUtc(file);
        var fresh = file + ".weakened";
        File.WriteAllBytes(fresh, image);
        File.SetLastWriteTimeUtc(fresh, written); // same size and time: the incremental copy step leaves the file alone
        File.Delete(file);
        File.Move(fresh, file);
        Log.LogMessage(MessageImportance.Normal, "{0} no longer insists on {1}.", file, Version);
    }

    private bool MarkWeak(byte[] image)
    {
        try
        {
            if (image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
                throw new InvalidDataException("not a 64-bit little-endian ELF file");
            var sections = checked((int)BitConverter.ToInt64(image, 0x28));
            int size = BitConverter.ToUInt16(image, 0x3a), count = BitConverter.ToUInt16(image, 0x3c);
            for (var i = 0; i < count; i++)
            {
                var header = sections + i * size;
                if (BitConverter.ToUInt32(image, header + 4) != SectionOfVersionNeeds)
                    continue;
                var strings = sections + BitConverter.ToInt32(image, header + 0x28) * size;
                return MarkWeak(image, BitConverter.ToInt32(image, header + 0x18), BitConverter.ToInt32(image, header + 0x2c),
                    BitConverter.ToInt32(image, strings + 0x18));
            }
            return false;
        }
        catch (Exception error) when (error is ArgumentException || error is IndexOutOfRangeException || error is OverflowException)
        {
            throw new InvalidDataException("malformed ELF file", error);
        }
    }

    // A list of libraries (Verneed), each with a list of versions (Vernaux: hash, flags, other, name, next).
    private bool MarkWeak(byte[] image, int library, int libraries, int strings)
    {
        var changed = false;
        for (var i = 0; i < libraries; i++)
        {
            var version = library + BitConverter.ToInt32(image, library + 8);
            for (int j = 0, versions = BitConverter.ToUInt16(image, library + 2); j < versions; j++)
            {
                var flags = BitConverter.ToUInt16(image, version + 4);
                if ((flags & FlagWeak) == 0 && NameAt(image, strings + BitConverter.ToInt32(image, version + 8)) == Version)
                {
                    image[version + 4] |= (byte)FlagWeak;
                    changed = true;
                }
                version += BitConverter.ToInt32(image, version + 12);
            }
            library += BitConverter.ToInt32(image, library + 12);
        }
        return changed;
    }

    private static string NameAt(byte[] image, int start)
    {
        var end = start;
        while (image[end] != 0)
            end++;
        return Encoding.ASCII.GetString(image, start, end - start);
    }
}
