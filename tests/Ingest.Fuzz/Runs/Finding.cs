namespace Ingest.Fuzz;

/// <summary>An input for which a property does not hold.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Property">The property, in a few words.</param>
/// <param name="What">What was found.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Index">Number of the input among those of its target.</param>
/// <param name="Input">The input, as small as it could be made.</param>
/// <param name="IsAlone">False where it fails only after the inputs before it in its round.</param>
internal sealed record Finding(
    string Target, string Property, string What, int Seed, long Index, byte[] Input, bool IsAlone)
{
    /// <summary>Writes the input to a file that <c>--replay</c> reads, and says where.</summary>
    public string Save(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{Target}-{Seed}-{Index}.input");
        File.WriteAllBytes(path, Input);
        return path;
    }
}
