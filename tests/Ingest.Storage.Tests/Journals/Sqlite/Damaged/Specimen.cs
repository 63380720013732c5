using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// A small journal of which every commit is known: some batches shipped, some pending, some blocks not sealed. Kept as the
/// bytes of its files, with those of earlier times beside them.
/// </summary>
internal sealed class Specimen
{
    /// <summary>Times that it was opened, written to and closed before its present state.</summary>
    private const int Generations = 3;

    private const int StepsPerGeneration = 25;

    private readonly List<Dictionary<string, byte[]>> _states = [];

    private Specimen(int seed) => History = new JournalHistory(seed);

    /// <summary>What was answered as committed.</summary>
    public JournalHistory History { get; }

    /// <summary>The present files, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => _states[^1];

    /// <summary>Different contents that a file had before, the newest first.</summary>
    public IEnumerable<byte[]> Earlier(string file)
    {
        var last = Files[file];
        for (var i = _states.Count - 2; i >= 0; i--)
        {
            if (_states[i].TryGetValue(file, out var content) && !content.AsSpan().SequenceEqual(last))
                yield return last = content;
        }
    }

    /// <param name="seed">Decides what is written.</param>
    /// <param name="closed">True for a journal that was closed, its log empty; false for what a killed process leaves.</param>
    public static async Task<Specimen> MakeAsync(int seed, bool closed)
    {
        var specimen = new Specimen(seed);
        using var folder = new TemporaryFolder();
        for (var generation = 0; generation < Generations; generation++)
        {
            await using (var journal = await SqliteFixture.OpenAsync(folder))
            {
                await specimen.WriteAsync(journal, folder);
                await specimen.WriteAsync(journal, folder);
            }

            specimen.Keep(folder);
        }

        if (!closed)
        {
            await using var journal = await SqliteFixture.OpenAsync(folder);
            await specimen.WriteAsync(journal, folder);
            await specimen.WriteAsync(journal, folder);
        }

        return specimen;
    }

    /// <summary>Puts the present files into a folder.</summary>
    public void CopyTo(TemporaryFolder folder)
    {
        foreach (var (name, content) in Files)
            File.WriteAllBytes(folder.Of(name), content);
    }

    private async Task WriteAsync(SqliteJournal journal, TemporaryFolder folder)
    {
        for (var i = 0; i < StepsPerGeneration; i++)
            await History.StepAsync(journal, TestContext.Current.CancellationToken);
        Keep(folder);
    }

    private void Keep(TemporaryFolder folder) => _states.Add(
        Directory.EnumerateFiles(folder.Path)
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)) // Held, and it holds nothing.
            .ToDictionary(path => Path.GetFileName(path), ReadShared, StringComparer.Ordinal));

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
