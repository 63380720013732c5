using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Walks a folder in the order of keys, holding one directory's names in memory at a time.</summary>
internal static class FolderListing
{
    /// <summary>Every object below a folder of the lake.</summary>
    /// <param name="root">The lake's root.</param>
    /// <param name="folder">Empty, or a folder's key with a <c>/</c> at its end; it need not exist.</param>
    /// <exception cref="LakeUnavailableException">A directory cannot be read.</exception>
    public static IEnumerable<LakeEntry> Walk(string root, string folder)
    {
        foreach (var name in ReadNames(Path.Combine(root, folder)))
        {
            var key = folder + name;
            if (name.EndsWith('/'))
                foreach (var entry in Walk(root, key))
                    yield return entry;
            else if (new FileInfo(Path.Combine(root, key)) is { Exists: true } file)
                yield return new LakeEntry(key, file.Length, Sha256: null);
        }
    }

    /// <summary>Names of the folders in a directory, in the order of their keys; it need not exist.</summary>
    /// <exception cref="LakeUnavailableException">The directory cannot be read.</exception>
    public static IEnumerable<string> ReadFolders(string directory) =>
        ReadNames(directory).Where(name => name.EndsWith('/')).Select(name => name[..^1]);

    // A directory's name gets a '/', since that is how its keys go on: 'a.b' comes before 'a/', and that before 'a0'.
    private static List<string> ReadNames(string directory)
    {
        try
        {
            var names = new DirectoryInfo(directory).EnumerateFileSystemInfos()
                .Where(item => LakeKey.IsValid(item.Name))
                .Select(item => item is DirectoryInfo ? item.Name + "/" : item.Name)
                .ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (DirectoryNotFoundException)
        {
            // Removed while we looked, or never there: no objects.
            return [];
        }
        catch (Exception e) when (FolderFaults.IsFault(e))
        {
            throw new LakeUnavailableException(e.Message, e);
        }
    }
}
