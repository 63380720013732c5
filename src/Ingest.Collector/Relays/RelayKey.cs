using System.Security.Cryptography;

namespace Ingest.Collector;

/// <summary>The key that receivers and primary share: signs relay requests, and proves them.</summary>
/// <param name="bytes">Its bytes, <see cref="BytesMin"/> at least.</param>
public sealed class RelayKey(byte[] bytes)
{
    /// <summary>Fewest bytes of a key: as many as SHA-256 has.</summary>
    public const int BytesMin = 32;

    /// <summary>Most bytes of its file: a larger one is another file by mistake.</summary>
    public const int BytesMax = 4096;

    /// <summary>Reads the file of a key. White space at its end does not belong to the key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mistakes">Receives what is wrong with it.</param>
    /// <returns>Null where something is.</returns>
    public static RelayKey? Read(string path, ICollection<string> mistakes)
    {
        byte[] content;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > BytesMax)
            {
                mistakes.Add($"--relay-key {path}: it has {file.Length} bytes; a key has {BytesMax} at most.");
                return null;
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"--relay-key {path}: it cannot be read: {exception.Message}");
            return null;
        }

        var key = content.AsSpan().TrimEnd(" \t\r\n"u8).ToArray();
        var before = mistakes.Count;
        if (key.Length < BytesMin)
            mistakes.Add($"--relay-key {path}: it has {key.Length} bytes; write {BytesMin} at least, as 'openssl rand -hex 32' does.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            mistakes.Add($"--relay-key {path}: everybody on this machine can use it; chmod 600 it.");
        return mistakes.Count == before ? new RelayKey(key) : null;
    }

    /// <summary>The signature of a text.</summary>
    public byte[] Sign(ReadOnlySpan<byte> text) => HMACSHA256.HashData(bytes, text);

    /// <summary>Whether a text was signed so; takes the same time wherever the two differ.</summary>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        CryptographicOperations.FixedTimeEquals(Sign(text), signature);
}
