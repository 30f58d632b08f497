using System.Buffers.Binary;
using System.Text.Json;

namespace Proxima.Files;

/// <summary>Named tensors in the safetensors format: eight bytes of header length, a JSON header, the data.</summary>
/// <remarks>
/// The format of https://github.com/huggingface/safetensors, with the element types F32, F64, I64 and BOOL. Reading executes nothing, and no
/// allocation is larger than the file.
/// </remarks>
public static class SafeTensors
{
    private const long MaxHeader = 100_000_000;     // as in the format's own reader
    private const int MaxRank = 64;

    /// <summary>Writes tensors to a file, replacing an old one only when the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <exception cref="ArgumentException">A tensor has the name that the format reserves, or there are so many that the header would be too long.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        RequireLittleEndian();
        // Larger elements first keep every tensor aligned to its elements.
        var entries = tensors.OrderByDescending(entry => entry.Value.DType.Size).ThenBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        var header = Header(entries);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, tensor) in entries)
                ForEachSpan(tensor, span => stream.Write(span));
        });
    }

    private static byte[] Header(KeyValuePair<string, Tensor>[] entries)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            var offset = 0L;
            foreach (var (name, tensor) in entries)
            {
                if (name == "__metadata__")
                    throw new ArgumentException("SafeTensors: the name '__metadata__' is reserved by the format.");
                json.WriteStartObject(name);
                json.WriteString("dtype", CodeOf(tensor.DType));
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Length * tensor.DType.Size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (memory.Length % 8 != 0)
            memory.WriteByte((byte)' ');
        return memory.Length <= MaxHeader ? memory.ToArray() : throw new ArgumentException($"SafeTensors: a header of {memory.Length} bytes is longer than the format allows.");
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="InvalidDataException">The file is malformed or holds an element type other than those above; the message says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, Tensor> Load(string path)
    {
        RequireLittleEndian();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (stream.Length < 8)
            throw Malformed(path, 0, $"a file of {stream.Length} bytes has no header length");
        Span<byte> word = stackalloc byte[8];
        stream.ReadExactly(word);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(word);
        if (headerLength > (ulong)Math.Min(stream.Length - 8, MaxHeader))
            throw Malformed(path, 0, $"a header of {headerLength} bytes does not fit into a file of {stream.Length} bytes");
        var header = new byte[headerLength];
        stream.ReadExactly(header);

        var dataStart = 8 + (long)headerLength;
        var entries = ReadHeader(path, header, stream.Length - dataStart);
        var tensors = new Dictionary<string, Tensor>(entries.Count);
        var at = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            if (entry.Start != at)
                throw Malformed(path, dataStart + at, $"the data of '{entry.Name}' should begin here but begins at {dataStart + entry.Start}: tensors neither overlap nor leave gaps");
            at = entry.End;
            var tensor = Tensor.Empty(entry.DType, entry.Shape);
            ForEachSpan(tensor, span =>
            {
                var position = stream.Position;
                stream.ReadExactly(span);
                if (entry.DType == DType.Bool && span.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var bad)
                    throw Malformed(path, position + bad, $"'{entry.Name}' has the truth value {span[bad]}; only 0 and 1 exist");
            });
            tensors.Add(entry.Name, tensor);
        }
        if (dataStart + at != stream.Length)
            throw Malformed(path, dataStart + at, $"the data of the last tensor ends here, {stream.Length - dataStart - at} bytes before the file does");
        return tensors;
    }

    private readonly record struct Entry(string Name, DType DType, int[] Shape, long Start, long End);

    private static List<Entry> ReadHeader(string path, byte[] header, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Malformed(path, 8, "the header is no JSON object");
            var entries = new List<Entry>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!property.NameEquals("__metadata__"))
                    entries.Add(ReadEntry(path, property.Name, property.Value, dataLength));
            }
            return entries;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)      // the latter for invalid UTF-8 and halves of surrogate pairs
        {
            throw new InvalidDataException($"{path}: the header, which begins at offset 8, is no valid JSON: {e.Message}", e);
        }
    }

    private static Entry ReadEntry(string path, string name, JsonElement element, long dataLength)
    {
        InvalidDataException Refuse(string reason) => Malformed(path, 8, $"the header says of '{name}' {reason}");

        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("dtype", out var code) || code.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("shape", out var sizes) || sizes.ValueKind != JsonValueKind.Array
            || !element.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2)
            throw Refuse("something else than a dtype, a shape and two data_offsets");
        var dtype = code.ValueEquals("F32") ? DType.Float32
            : code.ValueEquals("F64") ? DType.Float64
            : code.ValueEquals("I64") ? DType.Int64
            : code.ValueEquals("BOOL") ? DType.Bool
            : throw Refuse($"that its elements are {code.GetRawText()}; this reader knows F32, F64, I64 and BOOL");
        if (sizes.GetArrayLength() > MaxRank)
            throw Refuse($"that it has {sizes.GetArrayLength()} dimensions; at most {MaxRank} are possible");
        var shape = new int[sizes.GetArrayLength()];
        for (var i = 0; i < shape.Length; i++)
        {
            if (sizes[i].ValueKind != JsonValueKind.Number || !sizes[i].TryGetInt32(out shape[i]) || shape[i] < 0)
                throw Refuse($"that dimension {i} is {sizes[i].GetRawText()}, which is no size");
        }
        if (offsets[0].ValueKind != JsonValueKind.Number || !offsets[0].TryGetInt64(out var start)
            || offsets[1].ValueKind != JsonValueKind.Number || !offsets[1].TryGetInt64(out var end)
            || start < 0 || end < start || end > dataLength)
            throw Refuse($"that its data lie at {offsets.GetRawText()}; the file has {dataLength} bytes of data");
        // Int128 holds any product that is compared before the next size multiplies it.
        Int128 bytes = dtype.Size;
        foreach (var size in shape)
        {
            bytes *= size;
            if (bytes > long.MaxValue && !shape.Contains(0))
                break;
            if (bytes > long.MaxValue)
                bytes = long.MaxValue;
        }
        if (bytes != end - start)
            throw Refuse($"that its shape is [{string.Join(' ', shape)}] of {code.GetString()} and its data have {end - start} bytes");
        return new(name, dtype, shape, start, end);
    }

    private static string CodeOf(DType dtype) => dtype switch
    {
        DType.Float32 => "F32",
        DType.Float64 => "F64",
        DType.Int64 => "I64",
        DType.Bool => "BOOL",
        _ => throw new ArgumentException($"SafeTensors: no code for {dtype}."),
    };

    private delegate void SpanAction(Span<byte> span);

    /// <summary>The bytes of a tensor in pieces that a span can hold.</summary>
    private static unsafe void ForEachSpan(Tensor tensor, SpanAction action)
    {
        const int Piece = 1 << 26;
        var bytes = tensor.Length * tensor.DType.Size;
        for (var at = 0L; at < bytes; at += Piece)
            action(new Span<byte>((byte*)tensor.Pointer + at, (int)Math.Min(Piece, bytes - at)));
        GC.KeepAlive(tensor);
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("SafeTensors: the format is little-endian and this machine is not.");
    }

    private static InvalidDataException Malformed(string path, long offset, string reason) => new($"{path}: at offset {offset}: {reason}.");
}
