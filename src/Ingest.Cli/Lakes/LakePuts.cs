using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Puts objects for a command: patient for a while, then it says why it gave up.</summary>
internal static class LakePuts
{
    /// <summary>Tries of one put. With the pauses between them about a minute; who starts the command anew goes on from there.</summary>
    private const int TriesMax = 8;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(20);

    /// <summary>Puts an object.</summary>
    /// <returns>Stored, already stored, or a conflict with another object under the key.</returns>
    /// <exception cref="LakeUnavailableException">The lake did not take it.</exception>
    public static async Task<PutOutcome> PutAsync(ILake lake, LakeObject content, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var result = await lake.PutAsync(content, cancellation);
            if (result.IsConfirmed || result.Outcome == PutOutcome.Conflict)
                return result.Outcome;
            if (tries == TriesMax || result.Outcome is not (PutOutcome.Unreachable or PutOutcome.Throttled))
                throw new LakeUnavailableException($"{content.Key} cannot be stored: {result.Outcome}, {result.Detail}");
            await Task.Delay(Backoff.HalfJitter(Backoff.Ceiling(tries, PauseMin, PauseMax), Random.Shared), cancellation);
        }
    }

    /// <summary>Puts a small object.</summary>
    /// <inheritdoc cref="PutAsync(ILake, LakeObject, CancellationToken)"/>
    public static Task<PutOutcome> PutAsync(ILake lake, string key, byte[] bytes, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte>[] chunks = [bytes];
        var content = new LakeObject(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), _ => chunks.ToAsyncEnumerable());
        return PutAsync(lake, content, cancellation);
    }
}
