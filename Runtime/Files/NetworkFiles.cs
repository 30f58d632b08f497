using Proxima.Files;

namespace Proxima;

/// <summary>Saves and loads the parameters and buffers of networks, under their full names.</summary>
public static class NetworkFiles
{
    extension(Network network)
    {
        /// <summary>Writes every parameter and buffer to a safetensors file, replacing an old one only when the new one is complete.</summary>
        /// <param name="path">The file.</param>
        /// <exception cref="IOException">The file cannot be written.</exception>
        public void Save(string path)
        {
            ArgumentNullException.ThrowIfNull(network);
            SafeTensors.Save(path, network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value));
        }

        /// <summary>Reads every parameter and buffer from a safetensors file. Nothing changes unless all of them fit.</summary>
        /// <param name="path">The file.</param>
        /// <exception cref="InvalidDataException">The file is malformed, or its names, shapes or element types are not those of this network.</exception>
        /// <exception cref="IOException">The file cannot be read.</exception>
        public void Load(string path)
        {
            ArgumentNullException.ThrowIfNull(network);
            var tensors = SafeTensors.Load(path);
            foreach (var parameter in network.Parameters)
            {
                if (!tensors.TryGetValue(parameter.Name, out var tensor))
                    throw new InvalidDataException($"{path} has no tensor '{parameter.Name}', which {network.GetType().Name} needs.");
                if (tensor.DType != parameter.Value.DType || !tensor.Shape.SequenceEqual(parameter.Value.Shape))
                    throw new InvalidDataException($"{path}: '{parameter.Name}' is {Text(tensor)} in the file and {Text(parameter.Value)} in {network.GetType().Name}.");
            }
            if (tensors.Count > network.Parameters.Count)
            {
                var names = network.Parameters.Select(parameter => parameter.Name).ToHashSet();
                throw new InvalidDataException($"{path} has the tensor '{tensors.Keys.First(name => !names.Contains(name))}', which {network.GetType().Name} does not know.");
            }
            foreach (var parameter in network.Parameters)
                parameter.Value.CopyFrom(tensors[parameter.Name]);
        }
    }

    private static string Text(Tensor tensor) => $"{tensor.DType} [{string.Join(' ', tensor.Shape.ToArray())}]";
}
