using System.Security.Cryptography;

namespace Ingest.Storage;

/// <summary>Makes and checks a journal's own id: 8 of <c>a-z 2-7</c>, 40 bits of chance.</summary>
public static class JournalIds
{
    public const int Length = 8;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);

    public static bool IsValid(string id) => id.Length == Length && id.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
}
