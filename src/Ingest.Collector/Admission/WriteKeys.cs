using System.Security.Cryptography;
using System.Text;

namespace Ingest.Collector;

/// <summary>
/// The write keys of a source. Kept and compared as SHA-256, in a time that tells nothing about how much of a key was
/// right, and that none of them can be read out of a memory dump.
/// </summary>
public sealed class WriteKeys
{
    /// <summary>Longest <c>Authorization</c> value that is looked at, in characters. Keys have at most 128.</summary>
    private const int HeaderLengthMax = 512;

    private readonly byte[][] _hashes;

    public WriteKeys(IEnumerable<string> keys) => _hashes = [.. keys.Select(key => Hash(Encoding.UTF8.GetBytes(key)))];

    /// <summary>No key at all: nobody is let in.</summary>
    public static WriteKeys None { get; } = new([]);

    public int Count => _hashes.Length;

    /// <summary>
    /// True where an <c>Authorization</c> header brings one of the keys: as <c>Bearer KEY</c>, or as the user name of
    /// <c>Basic</c> (the password is not looked at), which is how webhook senders can be told a key.
    /// </summary>
    public bool Admits(string? authorization)
    {
        if (authorization is null or { Length: > HeaderLengthMax })
            return false;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Contains(Encoding.UTF8.GetBytes(authorization["Bearer ".Length..].Trim()));
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return false;
        var decoded = new byte[HeaderLengthMax];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..].Trim(), decoded, out var length))
            return false;
        var user = decoded.AsSpan(0, length);
        var colon = user.IndexOf((byte)':');
        return Contains(colon < 0 ? user : user[..colon]);
    }

    private bool Contains(ReadOnlySpan<byte> key)
    {
        var hash = Hash(key);
        var found = false;
        foreach (var known in _hashes)
            found |= CryptographicOperations.FixedTimeEquals(hash, known);
        return found;
    }

    private static byte[] Hash(ReadOnlySpan<byte> key) => SHA256.HashData(key);
}
