package io.portcullis.privilege.catalog;

import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map that shares structure with the maps it was made from: a hash array mapped
 * trie (Bagwell) of up to 32 children per node. Looking up, adding and removing take about log32(n)
 * steps; a change copies that many nodes of at most 32 references. Any thread.
 *
 * @param <K> keys with a stable hash
 * @param <V> values
 */
final class PersistentMap<K, V> {

  private static final int BITS = 5;
  private static final int MAX_SHIFT = 30;
  private static final PersistentMap<Object, Object> EMPTY =
      new PersistentMap<>(new Node(0, new Object[0]), 0);

  /** Children are nodes or entries, in the order of the bits; below the last level only entries. */
  private record Node(int bitmap, Object[] children) {}

  private record Entry(int hash, Object key, Object value) {}

  private final Node root;
  private final int size;

  private PersistentMap(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  @SuppressWarnings("unchecked")
  static <K, V> PersistentMap<K, V> empty() {
    return (PersistentMap<K, V>) EMPTY;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @SuppressWarnings("unchecked")
  @Nullable V get(Object key) {
    int hash = spread(key);
    Node node = root;
    for (int shift = 0; shift <= MAX_SHIFT; shift += BITS) {
      int bit = 1 << ((hash >>> shift) & 31);
      if ((node.bitmap & bit) == 0) {
        return null;
      }
      Object child = node.children[Integer.bitCount(node.bitmap & (bit - 1))];
      if (child instanceof Entry entry) {
        return entry.hash == hash && entry.key.equals(key) ? (V) entry.value : null;
      }
      node = (Node) child;
    }
    for (Object child : node.children) {
      Entry entry = (Entry) child;
      if (entry.key.equals(key)) {
        return (V) entry.value;
      }
    }
    return null;
  }

  V getOrDefault(Object key, V other) {
    V found = get(key);
    return found == null ? other : found;
  }

  PersistentMap<K, V> with(K key, V value) {
    boolean isNew = get(key) == null;
    Entry entry = new Entry(spread(key), key, value);
    return new PersistentMap<>(put(root, 0, entry), isNew ? size + 1 : size);
  }

  PersistentMap<K, V> without(K key) {
    if (get(key) == null) {
      return this;
    }
    return size == 1 ? empty() : new PersistentMap<>(remove(root, 0, spread(key), key), size - 1);
  }

  /** A live view of nothing that changes: safe to keep. Order is that of the hashes. */
  Collection<V> values() {
    return new Values<>(size, () -> new Leaves<V>(root, false));
  }

  Collection<K> keys() {
    return new Values<>(size, () -> new Leaves<K>(root, true));
  }

  private static int spread(Object key) {
    int h = key.hashCode() * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  private static Node put(Node node, int shift, Entry entry) {
    if (shift > MAX_SHIFT) {
      for (int i = 0; i < node.children.length; i++) {
        if (((Entry) node.children[i]).key.equals(entry.key)) {
          return new Node(0, replaced(node.children, i, entry));
        }
      }
      return new Node(0, inserted(node.children, node.children.length, entry));
    }
    int bit = 1 << ((entry.hash >>> shift) & 31);
    int at = Integer.bitCount(node.bitmap & (bit - 1));
    if ((node.bitmap & bit) == 0) {
      return new Node(node.bitmap | bit, inserted(node.children, at, entry));
    }
    Object child = node.children[at];
    if (child instanceof Node below) {
      return new Node(node.bitmap, replaced(node.children, at, put(below, shift + BITS, entry)));
    }
    Entry other = (Entry) child;
    if (other.hash == entry.hash && other.key.equals(entry.key)) {
      return new Node(node.bitmap, replaced(node.children, at, entry));
    }
    Node both = put(put(EMPTY.root, shift + BITS, other), shift + BITS, entry);
    return new Node(node.bitmap, replaced(node.children, at, both));
  }

  private static Node remove(Node node, int shift, int hash, Object key) {
    if (shift > MAX_SHIFT) {
      for (int i = 0; i < node.children.length; i++) {
        if (((Entry) node.children[i]).key.equals(key)) {
          return new Node(0, removed(node.children, i));
        }
      }
      throw new AssertionError(key);
    }
    int bit = 1 << ((hash >>> shift) & 31);
    int at = Integer.bitCount(node.bitmap & (bit - 1));
    Object child = node.children[at];
    if (child instanceof Entry) {
      return new Node(node.bitmap & ~bit, removed(node.children, at));
    }
    Node below = remove((Node) child, shift + BITS, hash, key);
    // A node left with one entry gives way to the entry, so that equal maps have equal tries.
    Object left =
        below.children.length == 1 && below.children[0] instanceof Entry only ? only : below;
    return new Node(node.bitmap, replaced(node.children, at, left));
  }

  private static Object[] replaced(Object[] array, int at, Object value) {
    Object[] copy = array.clone();
    copy[at] = value;
    return copy;
  }

  private static Object[] inserted(Object[] array, int at, Object value) {
    Object[] copy = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, copy, at + 1, array.length - at);
    copy[at] = value;
    return copy;
  }

  private static Object[] removed(Object[] array, int at) {
    Object[] copy = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, at + 1, copy, at, array.length - at - 1);
    return copy;
  }

  private static final class Values<T> extends AbstractCollection<T> {
    private final int size;
    private final Supplier<Iterator<T>> source;

    Values(int size, Supplier<Iterator<T>> source) {
      this.size = size;
      this.source = source;
    }

    @Override
    public Iterator<T> iterator() {
      return source.get();
    }

    @Override
    public int size() {
      return size;
    }
  }

  private static final class Leaves<T> implements Iterator<T> {
    private final Deque<Object> pending = new ArrayDeque<>();
    private final boolean keys;

    Leaves(Node root, boolean keys) {
      this.keys = keys;
      push(root);
    }

    private void push(Node node) {
      for (int i = node.children.length - 1; i >= 0; i--) {
        pending.push(node.children[i]);
      }
    }

    @Override
    public boolean hasNext() {
      return !pending.isEmpty();
    }

    @SuppressWarnings("unchecked")
    @Override
    public T next() {
      while (!pending.isEmpty()) {
        Object next = pending.pop();
        if (next instanceof Entry entry) {
          return (T) (keys ? entry.key : entry.value);
        }
        push((Node) next);
      }
      throw new NoSuchElementException();
    }
  }
}
